import { useSyncExternalStore } from 'react';
import { hashOf, readHash } from './hash';

/**
 * The location hooks that wouter's router uses. Everything is in the fragment, the search too: a fragment is sent to no server, so that
 * no log has it, and an unknown path on the server stays a 404.
 */
export function useHashLocation(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, () => readHash(location.hash).path), navigate];
}

export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => readHash(location.hash).search);
}

/** What a link to a path of the console has in its `href`. */
export function hashHref(path: string): string {
  return hashOf(readHash(path));
}

/** Goes to `/buckets` or `/buckets/1?range=24h`. With `replace`, Back skips the present address. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const hash = hashHref(to);
  if (hash === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  // Back and Forward between addresses that were pushed.
  addEventListener('popstate', changed);
  return () => {
    removeEventListener('hashchange', changed);
    removeEventListener('popstate', changed);
  };
}
