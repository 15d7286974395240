import { useQuery } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';

export type ServerState = Api<'ServerInfoView'>;
export type ShownSetting = ServerState['settings'][number];

/** Often enough to see something grow. The server measures once a second, whoever asks. */
const REFRESH_MILLIS = 5000;

/** The state of the server, read again every five seconds while the page is in sight. */
export function useServerState() {
  return useQuery({
    queryKey: ['server-state'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/server', { signal }))).server,
    refetchInterval: REFRESH_MILLIS,
  });
}

/** Whether the server can read and write. An answer that says no is an error with status 503. */
export function useReadiness() {
  return useQuery({
    queryKey: ['server-readiness'],
    queryFn: ({ signal }) => answer(api.GET('/health/ready', { signal })),
    refetchInterval: 2 * REFRESH_MILLIS,
    retry: false,
  });
}
