import type { YieldTurn } from '../common/http/yield';
import type { Comparison } from '../common/list-order';
import { sortRows } from '../common/sort-rows';

/** Which rows of a list to return, in which order. */
export interface Selection<Row> {
  readonly matches: (row: Row) => boolean;
  readonly compare: Comparison<Row>;
  /** Whether a row is behind the position where the page starts. */
  readonly isBehind?: ((row: Row) => boolean) | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** The rows of a page, and the number of matching rows in the whole list. */
export interface SelectedPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly hasMore: boolean;
}

/** Selects a page from all rows of a list, which come in slices and in any order. Keeps only the rows that may be in the page. */
export async function selectPage<Row>(
  slices: AsyncIterable<readonly Row[]>,
  { matches, compare, isBehind = () => true, offset, limit }: Selection<Row>,
  yieldTurn: YieldTurn,
): Promise<SelectedPage<Row>> {
  const needed = offset + limit + 1;
  let total = 0;
  let found: Row[] = [];
  let last: Row | undefined;
  for await (const rows of slices) {
    for (const row of rows) {
      if (!matches(row)) continue;
      total += 1;
      if (isBehind(row) && (last === undefined || compare(row, last) < 0)) found.push(row);
    }
    if (found.length < 2 * needed) continue;
    found = (await sortRows(found, compare, yieldTurn)).slice(0, needed);
    last = found.at(-1);
  }
  const sorted = await sortRows(found, compare, yieldTurn);
  return { rows: sorted.slice(offset, offset + limit), total, hasMore: sorted.length > offset + limit };
}
