import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, api, type Api } from '../../api/client';
import { queryColumns, type Columns } from '../../api/columns';
import { useCursorList } from '../../api/lists';
import type { LivePoint } from '../../api/stream/live-point';
import { useLivePoints, type LiveState } from '../../api/stream/use-live-points';
import { useSession } from '../../session/use-session';
import { BUCKETS } from '../buckets/bucket-queries';
import { mergeLatest } from './latest';
import type { SeriesFilter } from './series';

export type Source = Api<'SourceView'>;

const sourcesOf = ({ dataSources }: Api<'SourceList'>) => dataSources;

/** The name and settings of a bucket. A Write or Read key knows its own from the session, and may not read it. */
export function useBucket(bucketId: string) {
  const { bucket: own } = useSession();
  const query = useQuery({
    queryKey: [...BUCKETS, bucketId],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/buckets/{bucketId}', { params: { path: { bucketId } }, signal }))).bucket,
    enabled: own === null && bucketId !== '',
  });
  // The address may name another one than that of the key.
  const bucket = own === null ? query.data : own._id === bucketId ? own : undefined;
  return { bucket, details: query.data, error: query.error, refetch: query.refetch };
}

const ALL: SeriesFilter = {};

/** The data sources of a bucket, page by page. */
export function useSources(bucketId: string, filter = ALL) {
  return useCursorList({
    queryKey: [...BUCKETS, bucketId, 'sources', ...(Object.keys(filter).length > 0 ? [filter] : [])],
    read: (after, signal) =>
      answer(
        api.GET('/api/buckets/{bucketId}/sources', {
          params: { path: { bucketId }, query: { limit: 1000, after, ...filter, tag: filter.tag && [...filter.tag] } },
          signal,
        }),
      ),
    rowsOf: sourcesOf,
  });
}

const latestQuery = (bucketId: string) =>
  queryOptions({
    queryKey: [...BUCKETS, bucketId, 'latest'],
    queryFn: async ({ signal }): Promise<readonly LivePoint[]> =>
      (await answer(api.GET('/api/data/latest', { params: { query: { bucketId } }, signal }))).data,
  });

export type LatestPoints = ReadonlyMap<string, LivePoint>;

interface Latest {
  readonly latest: LatestPoints;
  readonly live: LiveState;
  readonly readAt: number;
  readonly isLatestPending: boolean;
}

/** The newest point of each data source by its id, kept up to date while the tab is visible. */
export function useLatest(bucketId: string): Latest {
  const queryClient = useQueryClient();
  const { queryKey } = latestQuery(bucketId);
  const { data = NO_POINTS, dataUpdatedAt: readAt, isPending: isLatestPending } = useQuery(latestQuery(bucketId));
  const filter = useMemo(() => ({ bucketId }), [bucketId]);
  const live = useLivePoints(filter, (points) => {
    queryClient.setQueryData<readonly LivePoint[]>(queryKey, (known = NO_POINTS) => mergeLatest(known, points));
  });
  const latest = useMemo(() => new Map(data.map((point) => [point.dataSourceId, point])), [data]);
  return { latest, live, readAt, isLatestPending };
}

const NO_POINTS: readonly LivePoint[] = [];

export const SPARKLINE_HOURS = 24;
/** Groups of half an hour fit in one answer of `MAX_GROUPS` for this many data sources; beyond, those of two hours. */
const MANY_SOURCES = 2000;
const MAX_GROUPS = 100_000;

/** The means of every field in the last 24 hours, by data source. */
export function useSparklines(bucketId: string, sourceCount: number) {
  const groupBy = sourceCount <= MANY_SOURCES ? '30m' : '2h';
  return useQuery({
    queryKey: [...BUCKETS, bucketId, 'sparklines', groupBy],
    queryFn: async ({ signal }): Promise<SparklineData> => {
      const to = Date.now();
      const from = to - SPARKLINE_HOURS * 3_600_000;
      const filters = { startTime: from, endTime: to, limit: MAX_GROUPS };
      const columns = await queryColumns({ bucketId, groupBy, aggregation: 'avg', filters }, signal);
      return { from, to, columns: new Map(columns.map((one) => [one.dataSourceId, one])) };
    },
    enabled: sourceCount > 0,
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
  });
}

export interface SparklineData {
  readonly from: number;
  readonly to: number;
  readonly columns: ReadonlyMap<string, Columns>;
}
