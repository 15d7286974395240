import { useCallback, useMemo } from 'react';
import { readHash } from './hash';
import { navigate, useHashSearch } from './hash-location';
import { withoutKeys } from './key-prefix';

/** Changes to the search of the address. Null removes a name. Keys in values are cut. */
export type SearchChange = Readonly<Record<string, string | null>>;

/**
 * The state of a screen that belongs in its address, so that a link shows what you see.
 *
 * @returns the present values, and a way to change some of them. With `replace`, Back skips the state before
 */
export function useAddressState(): [URLSearchParams, (change: SearchChange, options?: { replace?: boolean }) => void] {
  const search = useHashSearch();
  const values = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback((changes: SearchChange, options?: { replace?: boolean }) => {
    // What the address is now, not at the last rendering: two changes may come before the next.
    const present = readHash(location.hash);
    navigate(`${present.path}?${changedSearch(present.search, changes)}`, options);
  }, []);
  return [values, change];
}

function changedSearch(search: string, changes: SearchChange): string {
  const values = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) values.delete(name);
    else values.set(name, withoutKeys(value));
  }
  return values.toString();
}
