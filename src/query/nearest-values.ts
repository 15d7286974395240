import { nearestRollupWindow } from '../points/occupied-windows';
import { hasPending } from '../points/pending-rollups';
import { POINTS_SLOT, ROLLUP_WINDOW_MILLIS } from '../points/rollups';
import type { Value } from '../points/values';
import { hasValue } from './cells';
import type { Column } from './group-columns';
import type { Chunk, GroupReader } from './group-reader';

/** A value of a column, and the start of its group. */
export interface Anchor {
  readonly start: number;
  readonly value: Value;
}

/**
 * Finds the nearest value of each column among the groups before a time (`desc`) or from it on (`asc`), in the order of the
 * columns; null if there is none. It reads only rollup windows with values of the field.
 */
export async function nearestValues(
  reader: GroupReader,
  columns: readonly Column[],
  edge: number,
  sort: 'asc' | 'desc',
): Promise<(Anchor | null)[]> {
  const found = new Map<Column, Anchor | null>();
  const rollupWindows = new Map<number, number | null>();
  let at = edge;
  for (let wanted = 1; found.size < columns.length;) {
    const known = found.size;
    const missing: Column[] = [];
    for (const column of columns) {
      if (found.has(column)) continue;
      const rollupWindow = await rollupWindowOf(reader, column, { at, sort, rollupWindows });
      if (rollupWindow === null) found.set(column, null);
      else missing.push(column);
    }
    if (missing.length === 0) break;
    const near = missing.map(({ field }) => rollupWindows.get(field.slot) ?? 0);
    const from =
      sort === 'asc'
        ? Math.max(at, Math.min(...near) * ROLLUP_WINDOW_MILLIS)
        : Math.min(at, (Math.max(...near) + 1) * ROLLUP_WINDOW_MILLIS);
    const chunk = await reader.read(await reader.spansFrom(from, sort, wanted, true), sort, {
      columns: missing,
      wanted,
    });
    for (const [index, column] of missing.entries()) {
      const anchor = anchorIn(chunk, index, sort);
      if (anchor) found.set(column, anchor);
    }
    // If no value was found, reads more groups at once.
    wanted = found.size > known ? 1 : wanted * 2;
    at = sort === 'asc' ? Math.max(chunk.starts.at(-1) ?? 0, from + 1) : Math.min(chunk.starts[0] ?? 0, from - 1);
    await reader.options.yieldTurn();
  }
  return columns.map((column) => found.get(column) ?? null);
}

/** The next rollup window with values of a column's field; null for none. Looked up again once the known one is passed. */
async function rollupWindowOf(
  { manager, source, options: { range } }: GroupReader,
  { field: { slot } }: Column,
  { at, sort, rollupWindows }: { at: number; sort: 'asc' | 'desc'; rollupWindows: Map<number, number | null> },
): Promise<number | null> {
  const known = rollupWindows.get(slot);
  if (known === null) return null;
  const isAhead =
    sort === 'asc' ? ((known ?? -1) + 1) * ROLLUP_WINDOW_MILLIS > at : (known ?? Infinity) * ROLLUP_WINDOW_MILLIS < at;
  if (known !== undefined && isAhead) return known;
  const [from, to] = sort === 'asc' ? [at, range[1]] : [range[0], at];
  const within = [Math.floor(from / ROLLUP_WINDOW_MILLIS), Math.ceil(to / ROLLUP_WINDOW_MILLIS)] as const;
  // In pending windows, any point may have a value.
  const counted = (await hasPending(manager, source.number, within)) ? POINTS_SLOT : slot;
  const next = from < to ? await nearestRollupWindow(manager, source.number, counted, within, sort) : undefined;
  rollupWindows.set(slot, next ?? null);
  return next ?? null;
}

function anchorIn({ starts, values }: Chunk, column: number, sort: 'asc' | 'desc'): Anchor | undefined {
  const isFound = (group: Chunk['values'][number]) => hasValue(group?.[column]);
  const index = sort === 'asc' ? values.findIndex(isFound) : values.findLastIndex(isFound);
  const value = values[index]?.[column];
  return hasValue(value) ? { start: starts[index] ?? 0, value } : undefined;
}
