import { useState } from 'react';
import { Link, Redirect } from 'wouter';
import type { Api } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button, ButtonLink } from '../../components/button';
import { Count } from '../../components/num';
import { Empty } from '../../components/empty';
import { TextField } from '../../components/field';
import { ErrorNotice } from '../../components/error-notice';
import { Page, Toolbar } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Table, type Column } from '../../components/table';
import { Time } from '../../components/time';
import { useAddressState } from '../../lib/address-state';
import { hashHref, navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { useBuckets } from './bucket-queries';
import { NewBucketDialog } from './new-bucket-dialog';

type Bucket = Api<'ListedBucketView'>;

const pathOf = ({ _id }: Bucket) => `/buckets/${_id}`;

const COLUMNS: readonly Column<Bucket>[] = [
  {
    id: 'name',
    header: 'Name',
    cut: 'name',
    cell: (bucket) => (
      <>
        <Link href={pathOf(bucket)} title={bucket.name}>
          {bucket.name}
        </Link>{' '}
        {bucket.status === 'archived' && <Badge icon="pause">archived</Badge>}
      </>
    ),
  },
  {
    id: 'description',
    header: 'Description',
    hideBelow: 960,
    cut: 'rest',
    cell: ({ description }) => description && <span title={description}>{description}</span>,
  },
  { id: 'last', header: 'Last point', cell: ({ stats }) => <Time at={stats?.lastDataAt} /> },
  {
    id: 'sources',
    header: 'Data sources',
    align: 'right',
    hideBelow: 600,
    cell: ({ stats }) => <Count value={stats?.dataSourceCount ?? 0} />,
  },
  {
    id: 'points',
    header: 'Points',
    align: 'right',
    hideBelow: 600,
    cell: ({ stats }) => <Count value={stats?.dataPointCount ?? 0} />,
  },
  {
    id: 'perDay',
    header: 'Points a day',
    align: 'right',
    hideBelow: 960,
    cell: ({ stats }) => <Count value={stats?.dataPointsPerDay ?? 0} />,
  },
  {
    id: 'retention',
    header: 'Keeps points',
    hideBelow: 960,
    cell: ({ retentionDays }) => retentionInWords(retentionDays),
  },
];

const WITHOUT_DESCRIPTION = COLUMNS.filter(({ id }) => id !== 'description');

/** Every bucket of the organization. */
export function BucketsScreen() {
  const [values, change] = useAddressState();
  const wanted = values.get('q') ?? '';
  const { rows, error, isPending, more, refetch } = useBuckets(wanted);
  const [isCreating, setCreating] = useState(false);
  // Without a bucket there is nothing to list: the first steps are what one came for.
  if (!isPending && !error && rows.length === 0 && wanted === '') return <Redirect to="/start" replace />;
  return (
    <Page
      title="Buckets"
      actions={
        <>
          <ButtonLink icon="plug" href={hashHref('/start')}>
            Connect a device
          </ButtonLink>
          <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
            New bucket
          </Button>
        </>
      }
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={6} />}
      {(rows.length > 0 || wanted !== '') && (
        <Toolbar>
          <TextField
            label="Find a bucket"
            isLabelUnseen
            type="search"
            placeholder="Find by name"
            value={wanted}
            onChange={({ target }) => change({ q: target.value || null }, { replace: true })}
          />
        </Toolbar>
      )}
      {!isPending && rows.length === 0 && wanted !== '' && <Empty icon="search" title="No bucket has this name" />}
      {rows.length > 0 && (
        <Table
          label="Buckets"
          columns={rows.some(({ description }) => description) ? COLUMNS : WITHOUT_DESCRIPTION}
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
