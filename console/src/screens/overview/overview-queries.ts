import { useQuery } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import { UNUSED_DAYS } from '../keys/key-list-filter';

const REFRESH_MILLIS = 60_000;
/** What was done on another page shows at once. */
const FRESH = { staleTime: 0 } as const;
const PAGE_ROWS = 1000;
/** More rows than this are not looked through; the page says so. */
const MAX_PAGES = 3;
/** What a card lists. */
export const SHOWN_ROWS = 5;

interface Page<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}

/** Rows of a list, from its start on. */
export interface SomeRows<T> {
  readonly rows: readonly T[];
  /** Whether there are no others. */
  readonly isComplete: boolean;
}

/** All rows of a list, up to a bound. */
async function readAll<T extends { readonly _id: string }>(
  read: (after: string | undefined) => Promise<Page<T>>,
): Promise<SomeRows<T>> {
  const rows: T[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const { rows: some, hasMore } = await read(rows.at(-1)?._id);
    rows.push(...some);
    if (!hasMore) return { rows, isComplete: true };
  }
  return { rows, isComplete: false };
}

/** Counts of the organization, and the points of each of the last 30 days. */
export function useOverview() {
  return useQuery({
    ...FRESH,
    queryKey: ['overview'],
    queryFn: async ({ signal }) => {
      const query = { include: 'days', days: 30 } as const;
      return (await answer(api.GET('/api/analytics/overview', { params: { query }, signal }))).overview;
    },
    refetchInterval: REFRESH_MILLIS,
  });
}

export type Overview = Api<'OverviewView'>;

/** What may need a look. All of it is read at once. */
export function useAttention() {
  return {
    firing: useFiringAlerts(),
    sources: useActiveSources(),
    deliveries: useFailedDeliveries(),
    keys: useKeysToCheck(),
  };
}

export type Attention = ReturnType<typeof useAttention>;

/** Active data sources with their newest point. */
function useActiveSources() {
  return useQuery({
    ...FRESH,
    queryKey: ['sources', 'overview'],
    queryFn: ({ signal }) =>
      readAll(async (after) => {
        const query = { status: 'active', include: 'stats', limit: PAGE_ROWS, after } as const;
        const { dataSources, pagination } = await answer(api.GET('/api/sources', { params: { query }, signal }));
        return { rows: dataSources, hasMore: pagination.hasMore };
      }),
    refetchInterval: REFRESH_MILLIS,
  });
}

/** Rules that fire now, the latest first. */
function useFiringAlerts() {
  return useQuery({
    ...FRESH,
    queryKey: ['alerts', 'overview'],
    queryFn: async ({ signal }) => {
      const query = { state: 'triggered', status: 'active', sort: '-lastTriggeredAt', limit: SHOWN_ROWS } as const;
      const { alertRules, pagination } = await answer(api.GET('/api/alerts', { params: { query }, signal }));
      return { rows: alertRules, total: pagination.total };
    },
    refetchInterval: REFRESH_MILLIS / 4,
  });
}

/** Messages that were given up, the latest first. */
function useFailedDeliveries() {
  return useQuery({
    ...FRESH,
    queryKey: ['deliveries', 'overview'],
    queryFn: async ({ signal }) => {
      const query = { status: 'failed', limit: SHOWN_ROWS } as const;
      return (await answer(api.GET('/api/deliveries', { params: { query }, signal }))).deliveries;
    },
    refetchInterval: REFRESH_MILLIS,
  });
}

/** Keys that are accepted now, and how many of them are unused. */
function useKeysToCheck() {
  return useQuery({
    ...FRESH,
    queryKey: ['keys', 'overview'],
    queryFn: async ({ signal }) => {
      const own = { type: 'all', state: 'active' } as const;
      const unusedQuery = { ...own, unusedForDays: UNUSED_DAYS, limit: 1 };
      const [keys, unused] = await Promise.all([
        readAll(async (after) => {
          const query = { ...own, limit: PAGE_ROWS, after };
          const { apiKeys, pagination } = await answer(api.GET('/api/keys', { params: { query }, signal }));
          return { rows: apiKeys, hasMore: pagination.hasMore };
        }),
        answer(api.GET('/api/keys', { params: { query: unusedQuery }, signal })),
      ]);
      return { ...keys, unused: unused.pagination.total };
    },
    refetchInterval: REFRESH_MILLIS,
  });
}
