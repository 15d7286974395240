import type { YieldTurn } from './http/yield';
import type { Comparison } from './list-order';

/** Rows sorted or merged within one or two milliseconds. */
const AT_ONCE = 500;

/** Sorts rows, and yields to other work between slices. Keeps the order of equal rows. */
export async function sortRows<Row>(
  rows: readonly Row[],
  compare: Comparison<Row>,
  yieldTurn: YieldTurn,
): Promise<Row[]> {
  let runs: Row[][] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    if (start > 0) await yieldTurn();
    runs.push(rows.slice(start, start + AT_ONCE).sort(compare));
  }
  while (runs.length > 1) {
    const merged: Row[][] = [];
    for (let index = 0; index < runs.length; index += 2)
      merged.push(await merge(runs[index] ?? [], runs[index + 1] ?? [], compare, yieldTurn));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Row>(
  left: readonly Row[],
  right: readonly Row[],
  compare: Comparison<Row>,
  yieldTurn: YieldTurn,
): Promise<Row[]> {
  const merged: Row[] = [];
  let [index, other] = [0, 0];
  while (index < left.length && other < right.length) {
    const isLeft = compare(left[index] as Row, right[other] as Row) <= 0;
    merged.push((isLeft ? left[index++] : right[other++]) as Row);
    if (merged.length % AT_ONCE === 0) await yieldTurn();
  }
  return merged.concat(left.slice(index), right.slice(other));
}
