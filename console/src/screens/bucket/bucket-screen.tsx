import { useMemo, useState } from 'react';
import { Link, useParams } from 'wouter';
import type { LiveState } from '../../api/stream/use-live-points';
import { Badge } from '../../components/badge';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { TextField } from '../../components/field';
import { Page, Toolbar } from '../../components/page';
import { PageError } from '../../components/page-error';
import { Skeleton } from '../../components/skeleton';
import { Table } from '../../components/table';
import { useAddressState } from '../../lib/address-state';
import { hashHref, navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { useSession } from '../../session/use-session';
import { BucketActions } from './bucket-actions';
import { quietFirst } from './latest';
import { MeasurementChoice } from './measurement-choice';
import { NewSourceDialog } from './new-source-dialog';
import { filteredPath, isSeriesFilter, seriesFilterOf, wordsOf } from './series';
import { FilterTags } from './series-tags';
import { sourceColumns, sourcePath } from './source-columns';
import { useBucket, useSparklines, useLatest, useSources } from './source-queries';

/** The data sources of a bucket, with their latest values and a sparkline. */
export function BucketScreen() {
  const { bucketId = '' } = useParams();
  const { type } = useSession();
  const { bucket, details, error: bucketError, refetch: refetchBucket } = useBucket(bucketId);
  const [values, change] = useAddressState();
  const filter = useMemo(() => seriesFilterOf(values), [values]);
  const isFiltered = isSeriesFilter(filter);
  const all = useSources(bucketId);
  const { rows: sources, error, isPending, total = 0, more, refetch } = useSources(bucketId, filter);
  const { latest, live, readAt, isLatestPending } = useLatest(bucketId);
  // Rows whose order depends on their latest points would move from under the focus when these arrive.
  const isLoading = isPending || isLatestPending;
  const { data: range } = useSparklines(bucketId, all.total ?? 0);
  const [wanted, setWanted] = useState('');
  const [isCreating, setCreating] = useState(false);

  const shown = useMemo(() => {
    const words = wanted.trim().toLowerCase();
    const found = sources.filter((source) => wordsOf(source).includes(words));
    return quietFirst(found, latest, readAt);
  }, [sources, latest, readAt, wanted]);
  const columns = useMemo(() => sourceColumns(latest, range, filter), [latest, range, filter]);

  return (
    <Page
      title={bucket?.name ?? (error ? 'Bucket' : undefined)}
      crumbs={type === 'admin' ? [{ label: 'Buckets', path: '/buckets' }] : []}
      about={
        <>
          {bucket?.status === 'archived' && <Badge icon="pause">archived</Badge>}
          {!error && !bucketError && <LiveBadge state={live} />}
        </>
      }
      actions={bucket && <BucketActions {...{ bucket, details }} onNewSource={() => setCreating(true)} />}
    >
      {bucketError && (
        <PageError
          error={bucketError}
          onRetry={refetchBucket}
          next={type === 'admin' ? { label: 'All buckets', path: '/buckets' } : undefined}
        />
      )}
      {error && !bucketError && <PageError error={error} onRetry={refetch} />}
      {isLoading && !error && <Skeleton rows={8} />}
      {!isLoading && !error && !isFiltered && sources.length === 0 && (
        <Empty
          icon="chart"
          title="No data source yet"
          actions={
            type === 'admin' &&
            bucket?.status === 'active' && (
              <ButtonLink kind="primary" href={hashHref(`/start?bucket=${bucketId}`)}>
                Connect a device
              </ButtonLink>
            )
          }
        >
          A data source appears here with the first point that a device sends, or when it is created with its schema.
        </Empty>
      )}
      {!isLatestPending && (sources.length > 0 || (isFiltered && !isPending && !error)) && (
        <>
          <Toolbar>
            <TextField
              label="Find a data source"
              isLabelUnseen
              type="search"
              placeholder="Find by name or type"
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
            <MeasurementChoice
              sources={all.rows}
              value={filter.measurement}
              onChange={(measurement) => change({ measurement })}
            />
            {filter.tag && <FilterTags bucketId={bucketId} filter={filter} />}
            <p className="bucket-count">{counted(wanted ? shown.length : total, 'data source')}</p>
          </Toolbar>
          {shown.length === 0 ? (
            <Empty
              icon="search"
              title={isFiltered ? 'No data source fits this filter' : 'No data source has this name or type'}
            >
              {isFiltered && <Link href={filteredPath(bucketId, {})}>Show all data sources</Link>}
            </Empty>
          ) : (
            <Table
              label="Data sources"
              columns={columns}
              rows={shown}
              rowId={({ _id }) => _id}
              onOpen={(source) => navigate(sourcePath(source))}
              onEnd={more}
              isTall={shown.some(({ tags }) => tags !== undefined)}
              isRowDimmed={({ status }) => status === 'archived'}
            />
          )}
        </>
      )}
      {isCreating && (
        <NewSourceDialog
          bucketId={bucketId}
          onCreated={(source) => navigate(sourcePath(source))}
          onClose={() => setCreating(false)}
        />
      )}
    </Page>
  );
}

function LiveBadge({ state }: { readonly state: LiveState }) {
  if (state === 'waiting') return null;
  return state === 'live' ? (
    <Badge tone="ok" icon="live">
      live
    </Badge>
  ) : (
    <Badge icon="reload">every 5 s</Badge>
  );
}
