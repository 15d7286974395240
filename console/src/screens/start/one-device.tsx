import { useState } from 'react';
import { ButtonLink } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { hashHref } from '../../lib/hash-location';
import { DeviceSteps } from './device-steps';
import { useSource } from './start-queries';

/** The steps from a device to its first point. */
export function OneDevice({ bucketId, sourceId }: { readonly bucketId: string; readonly sourceId: string }) {
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
