import {
  keepPreviousData,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
  type QueryKey,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, api, type Api } from '../../api/client';
import { useCursorList } from '../../api/lists';
import * as calls from './key-api';
import type { Key } from './key-types';
import type { KeyPlace } from './key-paths';
import type { KeyListFilter } from './key-list-filter';

/** Everything that is read of keys has a key below this one. */
export const KEYS = ['keys'] as const;

const PAGE = 200;
export const USAGE_DAYS = 7;

const rowsOf = ({ apiKeys }: Api<'KeyList'>) => apiKeys;

/** The keys of the organization, page by page. */
export function useKeys(filter: KeyListFilter) {
  return useCursorList({
    queryKey: [...KEYS, 'list', filter],
    read: (after, signal) =>
      answer(api.GET('/api/keys', { params: { query: { ...filter, limit: PAGE, after } }, signal })),
    rowsOf,
  });
}

export type KeyUsage = Api<'UsageByDayView'>;

/** The last days of the keys of a list by their ids: one call for each page that was read. */
export function useUsageOf(filter: KeyListFilter, rows: readonly Key[]): ReadonlyMap<string, KeyUsage> {
  const pages = Math.ceil(rows.length / PAGE);
  const starts = Array.from({ length: pages }, (_, page) => (page === 0 ? undefined : rows[page * PAGE - 1]?._id));
  return useQueries({
    queries: starts.map((after) => ({
      queryKey: [...KEYS, 'usage', filter, after],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        answer(
          api.GET('/api/usage', { params: { query: { ...filter, days: USAGE_DAYS, limit: PAGE, after } }, signal }),
        ),
      placeholderData: keepPreviousData,
    })),
    combine: byKeyId,
  });
}

function byKeyId(results: readonly { readonly data: Api<'UsageList'> | undefined }[]): ReadonlyMap<string, KeyUsage> {
  return new Map(results.flatMap(({ data }) => data?.usage ?? []).map((usage) => [usage.keyId, usage]));
}

export function useKey(place: KeyPlace) {
  return useQuery({ queryKey: [...KEYS, place._id], queryFn: ({ signal }) => calls.readKey(place, signal) });
}

/** The usage of a key for each day, and where it was used last. */
export function useKeyUsage(place: KeyPlace, days: number) {
  return useQuery({
    queryKey: [...KEYS, place._id, 'usage', days],
    queryFn: ({ signal }) => calls.readUsage(place, days, signal),
    placeholderData: keepPreviousData,
  });
}

/** As many keys of a rotation line can be valid at a time. */
const MAX_STEPS = 8;

/** The keys that a key was rotated into, one after the other. What was deleted ends the walk. */
export function useReplacements(key: Pick<Key, '_id' | 'bucketId' | 'replacedBy'> | undefined) {
  return useQuery({
    queryKey: [...KEYS, key?._id, 'replacements', key?.replacedBy],
    queryFn: async ({ signal }) => {
      const found: Key[] = [];
      let next = key?.replacedBy;
      while (next !== undefined && found.length < MAX_STEPS) {
        const one: Key | undefined = await calls
          .readKey({ _id: next, bucketId: key?.bucketId ?? null }, signal)
          .catch(() => undefined);
        if (!one) break;
        found.push(one);
        next = one.replacedBy;
      }
      return found;
    },
    enabled: key?.replacedBy !== undefined,
  });
}

/** The names of all buckets by their ids. @returns also whether it is known that there is none */
export function useBucketNames(): { readonly names: ReadonlyMap<string, string>; readonly isNone: boolean } {
  const { data } = useQuery({
    // Below the key of buckets, so that a new one is in it at once.
    queryKey: ['buckets', 'names'],
    queryFn: ({ signal }) => readBucketNames(signal),
    staleTime: 60_000,
  });
  const names = useMemo(() => new Map(data), [data]);
  return { names, isNone: data?.length === 0 };
}

/** More buckets than this have their ids in lists. */
const MAX_PAGES = 10;

async function readBucketNames(signal: AbortSignal): Promise<(readonly [id: string, name: string])[]> {
  const names: (readonly [string, string])[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = { limit: 1000, after: names.at(-1)?.[0] };
    const { buckets, pagination } = await answer(api.GET('/api/buckets', { params: { query }, signal }));
    names.push(...buckets.map(({ _id, name }) => [_id, name] as const));
    if (!pagination.hasMore) break;
  }
  return names;
}

/** Changes keys by a call. Everything that was read of keys is read again. @param goneId a key that is gone then, and not asked for */
export function useKeyMutation<Variables, Reply>(
  mutationFn: (variables: Variables) => Promise<Reply>,
  goneId?: string,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    // Also after an error: the reply alone may be lost. Nothing waits for it, least of all a new key that is to be shown.
    onSettled: () => {
      const isKept = ({ queryKey }: { readonly queryKey: QueryKey }) => goneId === undefined || queryKey[1] !== goneId;
      void queryClient.invalidateQueries({ queryKey: KEYS, predicate: isKept });
    },
  });
}
