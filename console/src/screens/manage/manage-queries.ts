import { useMutation, useQueryClient } from '@tanstack/react-query';
import { BUCKETS } from '../buckets/bucket-queries';

/** Changes a bucket or a data source. What is shown of either is read again. */
export function useEdit<Body, Reply>(send: (body: Body) => Promise<Reply>) {
  const queryClient = useQueryClient();
  return useMutation({ mutationFn: send, onSuccess: () => queryClient.invalidateQueries({ queryKey: BUCKETS }) });
}

/** Deletes a bucket or a data source. The next screen reads everything again; the present one shows what is gone, and reads nothing. */
export function useDelete<Reply>(send: () => Promise<Reply>) {
  const queryClient = useQueryClient();
  return useMutation({ mutationFn: send, onSuccess: () => queryClient.invalidateQueries({ refetchType: 'none' }) });
}
