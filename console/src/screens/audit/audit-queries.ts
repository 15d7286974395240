import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, api, type Api } from '../../api/client';
import { useCursorList } from '../../api/lists';
import type { AuditQuery } from './audit-filter';
import type { Thing } from './phrase';

const PAGE_ROWS = 100;
/** As many as one answer lists. What is beyond it is shown by its id, and linked to all the same. */
const KNOWN_ROWS = 1000;
const KNOWN_MILLIS = 60_000;
const rowsOf = ({ auditEvents }: Api<'AuditList'>) => auditEvents;

/** The events that a filter finds, newest first, page by page. */
export function useAuditEvents(filter: AuditQuery) {
  return useCursorList({
    queryKey: ['audit', filter],
    read: (after, signal) =>
      answer(api.GET('/api/audit', { params: { query: { ...filter, limit: PAGE_ROWS, after } }, signal })),
    rowsOf,
  });
}

interface Named {
  readonly _id: string;
  readonly name: string;
}

interface List<T extends Named> {
  readonly rows: readonly T[];
  readonly isComplete: boolean;
}

function useNamed<T extends Named>(collection: string, read: (signal: AbortSignal) => Promise<List<T>>) {
  const { data } = useQuery({
    // Other screens keep other parts of the same lists.
    queryKey: [collection, 'audit'],
    queryFn: ({ signal }) => read(signal),
    staleTime: KNOWN_MILLIS,
  });
  return useMemo(() => {
    const rows = data?.rows ?? [];
    return { rows, isComplete: data?.isComplete ?? false, byId: new Map(rows.map((row) => [row._id, row])) };
  }, [data]);
}

const query = { limit: KNOWN_ROWS };

/** The buckets, keys, data sources and alert rules that exist: the names of what an event names by its id, and what can be linked to. */
export function useKnown() {
  const buckets = useNamed('buckets', async (signal) => {
    const { buckets: rows, pagination } = await answer(api.GET('/api/buckets', { params: { query }, signal }));
    return { rows, isComplete: !pagination.hasMore };
  });
  const keys = useNamed('keys', async (signal) => {
    const params = { query: { ...query, type: 'all' as const } };
    const { apiKeys: rows, pagination } = await answer(api.GET('/api/keys', { params, signal }));
    return { rows, isComplete: !pagination.hasMore };
  });
  const sources = useNamed('sources', async (signal) => {
    const { dataSources: rows, pagination } = await answer(api.GET('/api/sources', { params: { query }, signal }));
    return { rows, isComplete: !pagination.hasMore };
  });
  const rules = useNamed('alerts', async (signal) => {
    const { alertRules: rows, pagination } = await answer(api.GET('/api/alerts', { params: { query }, signal }));
    return { rows, isComplete: !pagination.hasMore };
  });
  return useMemo(
    () => ({
      buckets: buckets.rows,
      keys: keys.rows,
      sources: sources.rows,
      rules: rules.rows,
      bucket: (id: string) => buckets.byId.get(id)?.name,
      isBucketGone: (id: string) => buckets.isComplete && !buckets.byId.has(id),
      source: (id: string) => sources.byId.get(id)?.name,
      key: (id: string) => keys.byId.get(id),
      /** Whether a thing may exist: certain where all are known. */
      exists: ({ kind, id }: Thing) => {
        const { byId, isComplete } = { bucket: buckets, key: keys, source: sources, rule: rules }[kind];
        return byId.has(id) || !isComplete;
      },
    }),
    [buckets, keys, sources, rules],
  );
}

export type Known = ReturnType<typeof useKnown>;
