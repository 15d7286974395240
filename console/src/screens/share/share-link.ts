import { hashOf, type HashAddress } from '../../lib/hash';

/** The address of a screen with the key that opens it, for someone who has no key. It is in the fragment, which is sent to no server. */
export function shareLink(base: string, { path, search }: HashAddress, key: string): string {
  const values = new URLSearchParams(search);
  values.set('k', key);
  return `${base}/${hashOf({ path, search: values.toString() })}`;
}
