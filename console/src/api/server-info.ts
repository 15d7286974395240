import { useQuery } from '@tanstack/react-query';
import { answer, api } from './client';

/** Name, version and links of the server. They change at a restart alone. */
export function useServerInfo() {
  return useQuery({
    queryKey: ['server'],
    queryFn: ({ signal }) => answer(api.GET('/', { signal, headers: { Accept: 'application/json' } })),
    staleTime: Infinity,
  });
}
