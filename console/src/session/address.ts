import { hashOf, readHash } from '../lib/hash';

/** What an address brings along to sign in with, and the address without it. */
export interface Opening {
  /** The one-time code of a link that the server printed: `#/in/<code>`. */
  readonly code?: string;
  /** The Read key of a shared link: `#/buckets/1?k=<key>`. */
  readonly sharedKey?: string;
  readonly hash: string;
}

export function openingOf(hash: string): Opening {
  const { path, search } = readHash(hash);
  const [, code] = /^\/in\/([^/]+)$/.exec(path) ?? [];
  if (code !== undefined) return { code, hash: '#/' };
  const values = new URLSearchParams(search);
  const sharedKey = values.get('k');
  if (sharedKey === null) return { hash };
  values.delete('k');
  return { sharedKey, hash: hashOf({ path, search: values.toString() }) };
}
