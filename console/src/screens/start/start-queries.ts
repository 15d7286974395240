import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answer, api, type Api } from '../../api/client';
import type { LivePoint } from '../../api/stream/live-point';
import { useLivePoints, type LiveState } from '../../api/stream/use-live-points';
import { BUCKETS } from '../buckets/bucket-queries';
import { createDemo, DEMO_DESCRIPTION, findDemo, removeDemo } from './demo-data';
import { startFeed, stopFeed } from './demo-feed';
import { merged } from './recent-points';

/** A data source by its id. */
export function useSource(bucketId: string, sourceId: string) {
  return useQuery({
    queryKey: [...BUCKETS, bucketId, 'source', sourceId],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/api/buckets/{bucketId}/sources/{sourceId}', { params: { path: { bucketId, sourceId } }, signal }),
        )
      ).dataSource,
    enabled: sourceId !== '',
  });
}

/** What a device needs: a bucket, which may be there already, and a data source in it. */
export interface NewDevice {
  /** Undefined: a new bucket. */
  readonly bucketId: string | undefined;
  readonly bucketName: string;
  readonly source: Api<'CreateSourceBody'>;
  /** Called with the new bucket, so that a second attempt does not create another. */
  readonly onBucket: (bucketId: string) => void;
}

export function useCreateDevice() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ bucketId: known, bucketName, source, onBucket }: NewDevice) => {
      const bucketId = known ?? (await answer(api.POST('/api/buckets', { body: { name: bucketName } }))).bucket._id;
      onBucket(bucketId);
      const params = { path: { bucketId } };
      const { dataSource } = await answer(api.POST('/api/buckets/{bucketId}/sources', { params, body: source }));
      return { bucketId, sourceId: dataSource._id };
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: BUCKETS }),
  });
}

/** A Write key that is restricted to one data source. */
export function useCreateDeviceKey(bucketId: string) {
  return useMutation({
    mutationFn: async ({ _id, name }: { readonly _id: string; readonly name: string }) => {
      const body = { name, type: 'write', dataSourceId: _id } as const;
      const params = { path: { bucketId } };
      return (await answer(api.POST('/api/buckets/{bucketId}/keys', { params, body }))).apiKey.key;
    },
  });
}

const RECENT_MILLIS = 3_600_000;
const MAX_POINTS = 2000;

/** The points of the last hour of a data source, and new ones as they come. Undefined until they are read. */
export function useRecentPoints(bucketId: string, sourceId: string) {
  const [fresh, setFresh] = useState<readonly LivePoint[]>([]);
  const { data, error, refetch } = useQuery({
    queryKey: [...BUCKETS, bucketId, 'recent', sourceId],
    queryFn: async ({ signal }) => {
      const filters = { dataSourceId: sourceId, startTime: 'now-1h', limit: MAX_POINTS, sort: 'desc' } as const;
      const body = { bucketId, downsampling: false, filters };
      const { data: rows } = await answer(api.POST('/api/data/query', { body, signal }));
      return rows as readonly LivePoint[];
    },
  });
  const filter = useMemo(() => ({ bucketId, dataSourceIds: [sourceId] }), [bucketId, sourceId]);
  const live: LiveState = useLivePoints(filter, (more) => setFresh((known) => [...known, ...more].slice(-MAX_POINTS)));
  const points = useMemo(() => merged(data ?? [], fresh), [data, fresh]);
  return { points: data || fresh.length > 0 ? points : undefined, live, error, refetch };
}

export { RECENT_MILLIS };

/** The bucket with the demo data; null where there is none. */
export function useDemoBucket() {
  return useQuery({
    queryKey: [...BUCKETS, 'demo'],
    queryFn: async ({ signal }) => {
      const query = { q: 'Demo', include: 'stats' as const, limit: 100 };
      const { buckets } = await answer(api.GET('/api/buckets', { params: { query }, signal }));
      return buckets.find(({ description }) => description === DEMO_DESCRIPTION) ?? null;
    },
  });
}

/** Creates the demo data, and begins to send new values. */
export function useCreateDemo() {
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState(0);
  const mutation = useMutation({
    mutationFn: async () => {
      const demo = await createDemo(setProgress);
      await startFeed(demo);
      return demo;
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: BUCKETS }),
  });
  return { ...mutation, progress };
}

/** Sends new values of the demo data from this tab. */
export function useResumeDemo() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (bucketId: string) => {
      await startFeed(await findDemo(bucketId));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: BUCKETS }),
  });
}

export function useRemoveDemo() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (bucketId: string) => {
      stopFeed();
      await removeDemo(bucketId);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: BUCKETS }),
  });
}
