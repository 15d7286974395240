export type Cell = string | number | boolean | null;

/** A series of an answer. Its rows are read on demand, once, and before the next series. */
export interface Series {
  /** The measurement. */
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  /** Whether the first cell of each row is a time, in milliseconds since 1970. */
  readonly hasTime: boolean;
  readonly pages: AsyncIterable<readonly (readonly Cell[])[]>;
}

export const CELLS_PER_PAGE = 20_000;
export const MOST_ROWS_PER_PAGE = 500;

/** How many rows with so many columns are computed and sent at a time: a page takes a few milliseconds. */
export function rowsPerPage(columns: number): number {
  return Math.max(1, Math.min(MOST_ROWS_PER_PAGE, Math.floor(CELLS_PER_PAGE / columns)));
}

/** Rows that are in memory. */
export function onePage(rows: readonly (readonly Cell[])[]): AsyncIterable<readonly (readonly Cell[])[]> {
  const pages = [rows].values();
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(pages.next()) }) };
}
