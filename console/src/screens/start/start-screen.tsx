import { useState } from 'react';
import { ButtonLink } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useAddressState } from '../../lib/address-state';
import { hashHref } from '../../lib/hash-location';
import { useBucket } from '../bucket/source-queries';
import { useBuckets } from '../buckets/bucket-queries';
import { CsvCard } from './csv-card';
import { DemoCard } from './demo-card';
import { DeviceCard } from './device-card';
import { DeviceSteps } from './device-steps';
import { useSource } from './start-queries';

/** From nothing to a plot: a device and its key, demo data, or a file. */
export function StartScreen() {
  const [values] = useAddressState();
  const [bucketId, sourceId] = [values.get('bucket') ?? '', values.get('source') ?? ''];
  return bucketId !== '' && sourceId !== '' ? (
    <OneDevice key={sourceId} bucketId={bucketId} sourceId={sourceId} />
  ) : (
    <Begin bucketId={bucketId} />
  );
}

function Begin({ bucketId }: { readonly bucketId: string }) {
  const { rows, isPending: isListPending, error, refetch } = useBuckets();
  const wanted = useBucket(bucketId);
  const isPending = isListPending || (bucketId !== '' && !wanted.bucket && !wanted.error);
  // A long list is not read to its end.
  const isListed = rows.some(({ _id }) => _id === bucketId);
  const buckets = wanted.bucket && !isListed ? [wanted.bucket, ...rows] : rows;
  const [, change] = useAddressState();
  return (
    <Page title="Get started">
      <p className="start-about">
        Data comes from devices, which send points with a key. Connect yours, or look around with demo data first.
      </p>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={6} />}
      {!isPending && (
        <div className="start-cards">
          <DeviceCard
            buckets={buckets}
            bucketId={bucketId}
            onCreated={(device) => change({ bucket: device.bucketId, source: device.sourceId })}
          />
          <div className="start-side">
            <DemoCard
              onOpen={({ bucketId: bucket, sourceIds: [source = null] }) => change({ bucket, source, plot: 'first' })}
            />
            <CsvCard bucketId={bucketId} />
          </div>
        </div>
      )}
    </Page>
  );
}

function OneDevice({ bucketId, sourceId }: { readonly bucketId: string; readonly sourceId: string }) {
  const { data: source, error, refetch } = useSource(bucketId, sourceId);
  // In memory alone: it is shown once, and never in an address.
  const [key, setKey] = useState<string>();
  return (
    <Page
      title={source?.name ?? (error ? 'Get started' : undefined)}
      crumbs={[{ label: 'Get started', path: '/start' }]}
      actions={
        source && (
          <ButtonLink icon="chart" href={hashHref(`/buckets/${bucketId}/sources/${sourceId}`)}>
            Open in the explorer
          </ButtonLink>
        )
      }
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {!source && !error && <Skeleton rows={6} />}
      {source && <DeviceSteps bucketId={bucketId} source={source} deviceKey={key} onKey={setKey} />}
    </Page>
  );
}
