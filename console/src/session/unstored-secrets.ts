import { useSyncExternalStore } from 'react';
import { sessions } from './session-store';

/** A text that is shown once, and what it is. */
export interface OnceShown {
  readonly title: string;
  readonly secret: string;
  /** What the secret is, in the label of its field: `Key`. */
  readonly label: string;
  readonly fileName: string;
}

interface Unstored extends OnceShown {
  /** The key whose session it was made in. */
  readonly ownerId: string | undefined;
  /** Whether a dialog shows it now. */
  readonly isShown: boolean;
}

/**
 * Secrets that were shown and are not stored yet. One whose dialog went away, as when the console was locked, waits in the memory of this
 * tab until the same key signs in again.
 */
let all: readonly Unstored[] = [];
const listeners = new Set<() => void>();

const warn = (event: BeforeUnloadEvent) => event.preventDefault();

function set(to: readonly Unstored[]): void {
  if (all.length === 0 && to.length > 0) addEventListener('beforeunload', warn);
  if (to.length === 0) removeEventListener('beforeunload', warn);
  all = to;
  for (const listener of listeners) listener();
}

const others = (secret: string) => all.filter((one) => one.secret !== secret);

/** Keeps a secret that a dialog shows. @returns what to call when the dialog goes away */
export function keepUnstored({ title, secret, label, fileName }: OnceShown): () => void {
  const ownerId = sessions.open?.openedBy;
  set([...others(secret), { title, secret, label, fileName, ownerId, isShown: true }]);
  return () => set(all.map((one) => (one.secret === secret ? { ...one, isShown: false } : one)));
}

/** It is stored, or no longer wanted. */
export function forgetSecret(secret: string): void {
  set(others(secret));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function firstWaiting(): Unstored | undefined {
  const { open } = sessions;
  return all.find(({ isShown, ownerId }) => !isShown && (!open || open.openedBy === ownerId));
}

/** A secret that waits to be shown again: to the key of the session, or to anyone's while there is no session. */
export function useWaitingSecret(): OnceShown | undefined {
  return useSyncExternalStore(subscribe, firstWaiting);
}
