/** An address within the console: `#/buckets/1?range=24h` is the path `/buckets/1` and the search `range=24h`. */
export interface HashAddress {
  readonly path: string;
  readonly search: string;
}

/** Reads the fragment of an address, with or without its `#`. */
export function readHash(hash: string): HashAddress {
  const [path = '', ...search] = hash.replace(/^#/, '').split('?');
  return { path: `/${path.replace(/^\/+/, '')}`, search: search.join('?') };
}

/** The fragment of an address within the console, with its `#`. */
export function hashOf({ path, search }: HashAddress): string {
  return `#${path}${search === '' ? '' : `?${search}`}`;
}
