import { ErrorNotice } from '../../components/error-notice';
import { LoadingPage } from '../../components/loading-page';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useAddressState } from '../../lib/address-state';
import { loaded } from '../../lib/loaded';
import { useBucket } from '../bucket/source-queries';
import { useBuckets } from '../buckets/bucket-queries';
import { CsvCard } from './csv-card';
import { DemoCard } from './demo-card';
import { DeviceCard } from './device-card';

/** Programs and QR codes are not needed before there is a device. */
const OneDevice = loaded(async () => (await import('./one-device')).OneDevice, LoadingPage);

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
