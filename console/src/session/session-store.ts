import { scoped } from '../api/server';
import { readStored, writeStored } from '../lib/storage';
import { readSession, type Session } from './session';

/** Why there is no session. */
export type ClosedReason = 'none' | 'signed-out' | 'idle' | 'refused';

export type SessionState =
  | { readonly status: 'opening' }
  | { readonly status: 'closed'; readonly reason: ClosedReason; readonly message?: string | undefined }
  | { readonly status: 'open'; readonly session: Session };

const NAME = scoped('session');

/**
 * The session of this tab. It is in sessionStorage, which ends with the tab; a Read key that stays on this screen is in localStorage. There
 * are no cookies: other programs on the same host would get them.
 */
class SessionStore {
  private present: SessionState = { status: 'opening' };
  private readonly listeners = new Set<(state: SessionState) => void>();

  get state(): SessionState {
    return this.present;
  }

  /** The session, while there is one. */
  get open(): Session | undefined {
    return this.present.status === 'open' ? this.present.session : undefined;
  }

  /** What an earlier load of this tab, or this screen, has stored. */
  stored(): Session | undefined {
    return parse(readStored(() => sessionStorage, NAME)) ?? parse(readStored(() => localStorage, NAME));
  }

  begin(session: Session): void {
    const text = JSON.stringify(session);
    writeStored(() => (session.kind === 'screen' ? localStorage : sessionStorage), NAME, text);
    this.set({ status: 'open', session });
  }

  /**
   * Forgets the session, here and in storage.
   *
   * @param key if another key has taken its place meanwhile, nothing happens
   */
  close(reason: ClosedReason, key?: string, message?: string): void {
    const { open } = this;
    if (key !== undefined && open?.key !== key) return;
    writeStored(() => sessionStorage, NAME, null);
    if (!open || open.kind === 'screen') writeStored(() => localStorage, NAME, null);
    this.set({ status: 'closed', reason, message });
  }

  subscribe(listener: (state: SessionState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private set(state: SessionState): void {
    this.present = state;
    for (const listener of this.listeners) listener(state);
  }
}

export const sessions = new SessionStore();

function parse(text: string | null): Session | undefined {
  try {
    return text === null ? undefined : readSession(JSON.parse(text));
  } catch {
    return undefined;
  }
}
