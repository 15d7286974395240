import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { answer, api, type Api } from '../../api/client';
import { useCursorList } from '../../api/lists';
import { useSession } from '../../session/use-session';
import { BUCKETS } from '../buckets/bucket-queries';

export type ListedSource = Api<'ListedSourceView'>;

const sourcesOf = ({ dataSources }: Api<'SourceList'>) => dataSources;

/** The data sources of rules with their latest points, by id. Pages are read until all are known. */
export function useSourcesOf(ids: readonly string[]): ReadonlyMap<string, ListedSource> {
  const { rows, hasMore, more } = useCursorList({
    queryKey: [...BUCKETS, 'sources', 'all'],
    read: (after, signal) => {
      const query = { limit: 1000, after, include: 'stats' } as const;
      return answer(api.GET('/api/sources', { params: { query }, signal }));
    },
    rowsOf: sourcesOf,
    isEnabled: ids.length > 0,
  });
  const sources = useMemo(() => new Map(rows.map((source) => [source._id, source])), [rows]);
  const isComplete = ids.every((id) => sources.has(id));
  useEffect(() => {
    if (hasMore && !isComplete) more();
  }, [hasMore, isComplete, more]);
  return sources;
}

/** The first data sources whose name contains a text. */
export function useFoundSources(q: string, isEnabled: boolean) {
  return useQuery({
    queryKey: [...BUCKETS, 'sources', 'found', q],
    queryFn: async ({ signal }) => {
      const query = { limit: 8, q: q || undefined, sort: 'name', status: 'active' } as const;
      return answer(api.GET('/api/sources', { params: { query }, signal }));
    },
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}

/** The names of buckets by id. A Write or Read key knows its own. */
export function useBucketNames(): ReadonlyMap<string, string> {
  const { bucket } = useSession();
  const { rows } = useCursorList({
    queryKey: [...BUCKETS, 'list', 'names'],
    read: (after, signal) =>
      answer(api.GET('/api/buckets', { params: { query: { limit: 1000, after, sort: 'name' } }, signal })),
    rowsOf: ({ buckets }) => buckets,
    isEnabled: bucket === null,
  });
  return useMemo(() => {
    const known = bucket ? [bucket] : rows;
    return new Map(known.map(({ _id, name }) => [_id, name]));
  }, [bucket, rows]);
}
