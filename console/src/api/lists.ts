import { keepPreviousData, useInfiniteQuery, type QueryKey } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page {
  readonly pagination: { readonly total: number; readonly hasMore: boolean };
}

interface Row {
  readonly _id: string;
}

export interface ListSource<P extends Page, R extends Row> {
  readonly queryKey: QueryKey;
  /** Reads the page behind the row with this id, or the first one. */
  readonly read: (after: string | undefined, signal: AbortSignal) => Promise<P>;
  readonly rowsOf: (page: P) => readonly R[];
  readonly isEnabled?: boolean;
}

/**
 * A list of the API, page by page by cursor, so that what is created or deleted meanwhile makes it neither skip nor repeat a row.
 * `more()` reads the next page, if there is one and none is under way.
 */
export function useCursorList<P extends Page, R extends Row>({
  queryKey,
  read,
  rowsOf,
  isEnabled = true,
}: ListSource<P, R>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.pagination.hasMore ? rowsOf(page).at(-1)?._id : undefined),
    enabled: isEnabled,
    // While other rows are looked for, those before stay.
    placeholderData: keepPreviousData,
  });
  const { data, error, isPending, isFetching, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const readAt = query.dataUpdatedAt;
  const rows = useMemo(() => data?.pages.flatMap((page) => rowsOf(page)) ?? [], [data, rowsOf]);
  const more = () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  return {
    rows,
    total: data?.pages[0]?.pagination.total,
    error,
    isPending,
    isFetching,
    hasMore: hasNextPage,
    more,
    refetch,
    readAt,
  };
}
