import { useSyncExternalStore } from 'react';

/** Whether the last request reached the server, and since when not. `navigator.onLine` knows networks, not servers. */
export interface Connection {
  readonly isReachable: boolean;
  readonly lostAt: number | undefined;
}

let present: Connection = { isReachable: true, lostAt: undefined };
const listeners = new Set<() => void>();

/** Notes whether a request reached the server. */
export function noteReachable(isReachable: boolean): void {
  if (isReachable === present.isReachable) return;
  present = { isReachable, lostAt: isReachable ? undefined : Date.now() };
  for (const listener of listeners) listener();
}

export function connection(): Connection {
  return present;
}

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(onConnection, connection);
}
