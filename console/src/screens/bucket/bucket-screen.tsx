import { useMemo, useState } from 'react';
import { useParams } from 'wouter';
import type { LiveState } from '../../api/stream/use-live-points';
import { Badge } from '../../components/badge';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { TextField } from '../../components/field';
import { Page, Toolbar } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Table } from '../../components/table';
import { hashHref, navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { useSession } from '../../session/use-session';
import { BucketActions } from './bucket-actions';
import { quietFirst } from './latest';
import { NewSourceDialog } from './new-source-dialog';
import { sourceColumns, sourcePath } from './source-columns';
import { useBucket, useSparklines, useLatest, useSources } from './source-queries';

/** The data sources of a bucket, with their latest values and a sparkline. */
export function BucketScreen() {
  const { bucketId = '' } = useParams();
  const { type } = useSession();
  const { bucket, error: bucketError, refetch: refetchBucket } = useBucket(bucketId);
  const { rows: sources, error, isPending, total = 0, more, refetch } = useSources(bucketId);
  const { latest, live, readAt } = useLatest(bucketId);
  const { data: range } = useSparklines(bucketId, total);
  const [wanted, setWanted] = useState('');
  const [isCreating, setCreating] = useState(false);

  const shown = useMemo(() => {
    const words = wanted.trim().toLowerCase();
    const found = sources.filter(({ name, type: kind }) => `${name} ${kind}`.toLowerCase().includes(words));
    return quietFirst(found, latest, readAt);
  }, [sources, latest, readAt, wanted]);
  const columns = useMemo(() => sourceColumns(latest, range), [latest, range]);

  return (
    <Page
      title={bucket?.name ?? (error ? 'Bucket' : undefined)}
      crumbs={type === 'admin' ? [{ label: 'Buckets', path: '/buckets' }] : []}
      about={
        <>
          {bucket?.status === 'archived' && <Badge icon="pause">archived</Badge>}
          <LiveBadge state={live} />
        </>
      }
      actions={bucket && <BucketActions bucket={bucket} onNewSource={() => setCreating(true)} />}
    >
      {bucketError && <ErrorNotice error={bucketError} onRetry={refetchBucket} />}
      {error && !bucketError && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={8} />}
      {!isPending && !error && sources.length === 0 && (
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
      {sources.length > 0 && (
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
            <p className="bucket-count">{counted(wanted ? shown.length : total, 'data source')}</p>
          </Toolbar>
          {shown.length === 0 ? (
            <Empty icon="search" title="No data source has this name or type" />
          ) : (
            <Table
              label="Data sources"
              columns={columns}
              rows={shown}
              rowId={({ _id }) => _id}
              onOpen={(source) => navigate(sourcePath(source))}
              onEnd={more}
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
