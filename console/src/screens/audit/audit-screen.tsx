import { useMemo } from 'react';
import { SERVER_URL } from '../../api/server';
import { Button } from '../../components/button';
import { Command } from '../../components/command';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Menu } from '../../components/menu';
import { Page, Section } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useToast } from '../../components/toasts';
import { useAddressState, type SearchChange } from '../../lib/address-state';
import { copyText, downloadText } from '../../lib/clipboard';
import { formatCount } from '../../lib/numbers';
import { useNow } from '../../lib/use-now';
import { AuditEntry } from './audit-entry';
import { csvOf, curlOf } from './audit-export';
import { FILTER_NAMES, filterOf } from './audit-filter';
import { useAuditEvents, useKnown } from './audit-queries';
import { dayInWords, dayOf, groupByDay } from './days';
import { FilterBar } from './filter-bar';
import { sentenceOf } from './sentences';

/** Who did what, when and from where, newest first. */
export function AuditScreen() {
  const [values, change] = useAddressState();
  const filter = useMemo(() => filterOf(values), [values]);
  const { rows, total = 0, error, isPending, hasMore, more, refetch } = useAuditEvents(filter);
  const known = useKnown();
  const now = useNow();
  const toast = useToast();
  const days = useMemo(() => groupByDay(rows), [rows]);
  const isFiltered = FILTER_NAMES.some((name) => values.has(name));
  const filterBy = (changes: SearchChange) => change(changes);

  const copyCurl = async () => {
    const isCopied = await copyText(curlOf(SERVER_URL, filter));
    toast(
      isCopied ? 'Copied, with YOUR_API_KEY in the place of the key' : 'The browser does not let this page copy',
      isCopied ? 'ok' : 'bad',
    );
  };
  const download = () =>
    downloadText(
      `audit-${dayOf(Date.now())}.csv`,
      csvOf(rows, (event) => sentenceOf(event, known)),
      'text/csv',
    );

  return (
    <Page
      title="Audit log"
      actions={
        <Menu
          label="Export"
          icon="download"
          kind="plain"
          items={[
            { label: 'The events below as CSV', icon: 'download', onSelect: download, isDisabled: rows.length === 0 },
            { label: 'Copy as curl', icon: 'copy', onSelect: () => void copyCurl() },
          ]}
        />
      }
    >
      <FilterBar values={values} onChange={filterBy} known={known} />
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={8} />}
      {!isPending && !error && rows.length === 0 && (
        <Empty icon="search" title={isFiltered ? 'No event matches' : 'Nothing was recorded yet'}>
          The log has changes, denied requests and commands of the operator. Reading is not recorded.
        </Empty>
      )}
      {days.map(({ day, at, events }) => (
        <Section key={day} title={dayInWords(at, now)}>
          <ol className="audit-list">
            {events.map((event) => (
              <AuditEntry key={event._id} event={event} known={known} onFilter={filterBy} />
            ))}
          </ol>
        </Section>
      ))}
      {rows.length > 0 && (
        <div className="audit-end">
          <p className="muted" role="status">
            {formatCount(rows.length)} of {formatCount(total)} events
          </p>
          {hasMore && <Button onClick={more}>Show earlier events</Button>}
        </div>
      )}
      <Verification />
    </Page>
  );
}

/** The page shows what the log says; whether it is the whole log is a question for a command. */
function Verification() {
  return (
    <Section title="Is the log complete?">
      <p className="muted audit-text">
        Each row is sealed together with the one before it, by the secret of the server. This command finds rows that
        were changed, removed or added in the database. Run it in the folder of the server, for instance once a day: it
        ends with exit code 1 if it finds any.
      </p>
      <Command text="npm run audit:verify" />
    </Section>
  );
}
