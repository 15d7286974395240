export type Sort = 'asc' | 'desc';

/** A position among points, ordered by time, source and metadata. */
export interface Cursor {
  readonly at: number;
  readonly source: number;
  readonly meta: number;
  /** The direction of the page that ended here. The next page has the same. */
  readonly sort: Sort;
}

const LETTERS = { asc: 'a', desc: 'd' } as const;
const CURSOR = /^[0-9a-z]{1,10}\.[0-9a-z]{1,6}\.[0-9a-z]{1,6}(\.[ad])?$/;

/** A cursor as `nextCursor` shows it: `lr5q0zk0.1.0.d`. */
export function writeCursor({ at, source, meta, sort }: Cursor): string {
  return [...[at, source, meta].map((number) => number.toString(36)), LETTERS[sort]].join('.');
}

/** Parses a cursor of `writeCursor`; undefined for any other text. Cursors of older versions have no direction and are ascending. */
export function readCursor(text: string): Cursor | undefined {
  if (!CURSOR.test(text)) return undefined;
  const parts = text.split('.');
  const [at = 0, source = 0, meta = 0] = parts.slice(0, 3).map((part) => parseInt(part, 36));
  return { at, source, meta, sort: parts[3] === LETTERS.desc ? 'desc' : 'asc' };
}
