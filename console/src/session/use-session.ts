import { useSyncExternalStore } from 'react';
import type { Session } from './session';
import { sessions, type SessionState } from './session-store';

const subscribe = (changed: () => void) => sessions.subscribe(changed);

export function useSessionState(): SessionState {
  return useSyncExternalStore(subscribe, () => sessions.state);
}

/** The session. Only for what is shown while there is one. */
export function useSession(): Session {
  const state = useSessionState();
  if (state.status !== 'open') throw new Error('There is no session');
  return state.session;
}
