import { useState } from 'react';
import { Link } from 'wouter';
import type { Api } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Table, type Column } from '../../components/table';
import { Time } from '../../components/time';
import { navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { useBuckets } from './bucket-queries';
import { NewBucketDialog } from './new-bucket-dialog';

type Bucket = Api<'BucketView'>;

const pathOf = ({ _id }: Bucket) => `/buckets/${_id}`;

const COLUMNS: readonly Column<Bucket>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: (bucket) => (
      <>
        <Link href={pathOf(bucket)}>{bucket.name}</Link>{' '}
        {bucket.status === 'archived' && <Badge icon="pause">archived</Badge>}
      </>
    ),
  },
  { id: 'description', header: 'Description', hideBelow: 960, cell: ({ description }) => description },
  { id: 'retention', header: 'Keeps points', cell: ({ retentionDays }) => retentionInWords(retentionDays) },
  { id: 'created', header: 'Created', hideBelow: 600, cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Every bucket of the organization. */
export function BucketsScreen() {
  const { rows, error, isPending, more, refetch } = useBuckets();
  const [isCreating, setCreating] = useState(false);
  return (
    <Page
      title="Buckets"
      actions={
        <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
          New bucket
        </Button>
      }
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={6} />}
      {!isPending && rows.length === 0 && !error && (
        <Empty
          icon="bucket"
          title="There is no bucket yet"
          actions={
            <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
              New bucket
            </Button>
          }
        >
          A bucket holds the data of one home, one machine or one project, and the keys that give access to it.
        </Empty>
      )}
      {rows.length > 0 && (
        <Table
          label="Buckets"
          columns={COLUMNS}
          rows={rows}
          rowId={({ _id }) => _id}
          onOpen={(bucket) => navigate(pathOf(bucket))}
          onEnd={more}
          isRowDimmed={({ status }) => status === 'archived'}
        />
      )}
      {isCreating && <NewBucketDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function retentionInWords(days: number | null): string {
  return days === null ? 'forever' : counted(days, 'day');
}
