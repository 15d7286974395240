import { useMemo } from 'react';
import { Button, ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { Filters } from '../../components/filters';
import { ErrorNotice } from '../../components/error-notice';
import { SelectField, TextField } from '../../components/field';
import { Toolbar } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Table, type Sort } from '../../components/table';
import { useAddressState, type SearchChange } from '../../lib/address-state';
import { hashHref, navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { useRules, type RuleFilter, type RuleSort, type RuleState } from './alert-queries';
import { ruleColumns } from './rule-columns';
import { rulePath } from './rule-paths';
import { stateWord } from './rule-state';
import { useBucketNames, useSourcesOf } from './source-names';

const STATES: readonly RuleState[] = ['triggered', 'pending', 'cooldown', 'resolved', 'ok'];
const SORTS: readonly RuleSort[] = ['name', '-name', 'lastTriggeredAt', '-lastTriggeredAt'];
const FILTERS = ['q', 'state', 'bucket', 'source'];

/** The rules that the address asks for. Unless it is sorted, those that fire come first. */
export function RuleList() {
  const session = useSession();
  const [values, change] = useAddressState();
  const filter = filterOf(values);
  const isFiltered = FILTERS.some((name) => values.get(name));
  const isFiringFirst = filter.sort === undefined && filter.state === undefined && filter.status === undefined;
  const all = useRules({ ...filter, sort: filter.sort ?? 'name' });
  const firing = useRules({ ...filter, state: 'triggered', sort: '-lastTriggeredAt' }, isFiringFirst);
  const rules = useMemo(
    () => (isFiringFirst ? [...firing.rows, ...all.rows.filter(({ state }) => state !== 'triggered')] : all.rows),
    [isFiringFirst, firing.rows, all.rows],
  );
  const ids = useMemo(() => [...new Set(rules.map(({ dataSourceId }) => dataSourceId))], [rules]);
  const sources = useSourcesOf(ids);
  const buckets = useBucketNames();
  const columns = useMemo(
    () => ruleColumns({ sources, buckets: session.bucket ? undefined : buckets }),
    [sources, buckets, session.bucket],
  );
  const error = all.error ?? firing.error;
  const isPending = all.isPending || (isFiringFirst && firing.isPending);

  return (
    <div className="alerts-list">
      {error && <ErrorNotice error={error} onRetry={() => Promise.all([all.refetch(), firing.refetch()])} />}
      {isPending && !error && <Skeleton rows={6} />}
      {(rules.length > 0 || isFiltered) && (
        <Toolbar>
          <TextField
            label="Find a rule"
            isLabelUnseen
            type="search"
            placeholder="Find by name"
            value={filter.q ?? ''}
            onChange={({ target }) => change({ q: target.value || null }, { replace: true })}
          />
          <Filters count={['state', 'bucket', 'source'].filter((name) => values.has(name)).length}>
            <SelectField
              label="State"
              isLabelUnseen
              value={values.get('state') ?? ''}
              options={[
                { value: '', label: 'All states' },
                ...STATES.map((value) => ({ value, label: stateWord(value) })),
                { value: 'paused', label: 'paused' },
              ]}
              onChange={({ target }) => change({ state: target.value || null })}
            />
            {buckets.size > 1 && (
              <SelectField
                label="Bucket"
                isLabelUnseen
                value={values.get('bucket') ?? ''}
                options={[
                  { value: '', label: 'All buckets' },
                  ...[...buckets].map(([value, label]) => ({ value, label })),
                ]}
                onChange={({ target }) => change({ bucket: target.value || null })}
              />
            )}
            {filter.dataSourceId !== undefined && (
              <Button icon="cross" onClick={() => change({ source: null })}>
                {sources.get(filter.dataSourceId)?.name ?? 'One data source'}
              </Button>
            )}
          </Filters>
          <p className="alerts-count">{counted(all.total ?? 0, 'rule')}</p>
        </Toolbar>
      )}
      {!isPending && !error && rules.length === 0 && (isFiltered ? <NoneFound change={change} /> : <NoRule />)}
      {rules.length > 0 && (
        <Table
          label="Alert rules"
          columns={columns}
          rows={rules}
          rowId={({ _id }) => _id}
          onOpen={(rule) => navigate(rulePath(rule))}
          onEnd={all.hasMore ? all.more : firing.more}
          sort={sortOf(filter.sort)}
          onSort={({ column, direction }) => change({ sort: `${direction === 'desc' ? '-' : ''}${column}` })}
          isRowDimmed={({ status }) => status === 'paused'}
          isTall
        />
      )}
      {!may(session, 'write') && rules.length > 0 && (
        <p className="muted">A Read key shows rules. It cannot change them.</p>
      )}
    </div>
  );
}

function filterOf(values: URLSearchParams): RuleFilter {
  const state = values.get('state');
  return {
    q: values.get('q')?.slice(0, 100) || undefined,
    state: STATES.find((one) => one === state),
    // A rule that is paused has no state.
    status: state === 'paused' ? 'paused' : state ? 'active' : undefined,
    bucketId: values.get('bucket') ?? undefined,
    dataSourceId: values.get('source') ?? undefined,
    sort: SORTS.find((one) => one === values.get('sort')),
  };
}

function sortOf(sort: RuleSort | undefined): Sort | undefined {
  if (sort === undefined) return undefined;
  return { column: sort.replace('-', ''), direction: sort.startsWith('-') ? 'desc' : 'asc' };
}

function NoneFound({ change }: { readonly change: (change: SearchChange) => void }) {
  const clear = () => change(Object.fromEntries(FILTERS.map((name) => [name, null])));
  return <Empty icon="search" title="No rule matches" actions={<Button onClick={clear}>Show all rules</Button>} />;
}

function NoRule() {
  const session = useSession();
  return (
    <Empty
      icon="bell"
      title="There is no alert rule yet"
      actions={
        may(session, 'write') && (
          <ButtonLink kind="primary" icon="plus" href={hashHref('/alerts/new')}>
            New alert
          </ButtonLink>
        )
      }
    >
      A rule watches a data source. It fires when its condition is met, such as “temperature is greater than 30 for 5
      minutes”, and can call a webhook.
    </Empty>
  );
}
