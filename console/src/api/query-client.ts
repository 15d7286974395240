import { QueryClient } from '@tanstack/react-query';
import { isWorthRetrying, retryWaitMillis } from './retries';

/** What has been read is shown at once, and read again in the background when it is older than ten seconds. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 5 * 60_000,
      retry: isWorthRetrying,
      retryDelay: retryWaitMillis,
      // A browser without any network still reaches a server on its own machine.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
