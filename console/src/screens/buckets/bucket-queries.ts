import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import { useCursorList } from '../../api/lists';

/** Everything that is read of buckets has a key below this one. */
export const BUCKETS = ['buckets'] as const;

const rowsOf = ({ buckets }: Api<'BucketList'>) => buckets;

/** The buckets of the organization whose name contains a text, with their figures, page by page. */
export function useBuckets(q = '') {
  return useCursorList({
    queryKey: [...BUCKETS, 'list', q],
    read: (after, signal) =>
      answer(
        api.GET('/api/buckets', {
          params: { query: { limit: 200, after, q: q || undefined, include: 'stats' } },
          signal,
        }),
      ),
    rowsOf,
  });
}

/** Creates a bucket. Lists of buckets are read again. */
export function useCreateBucket() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Api<'CreateBucketBody'>) => answer(api.POST('/api/buckets', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: BUCKETS }),
  });
}
