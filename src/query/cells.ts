import type { Value } from '../points/values';

/**
 * A value of a column in one group. Undefined where the group has no value of the field, so that `fill` may give one; null
 * where the values that there are have no such aggregate, as one value has no standard deviation. A number beyond doubles is
 * infinite.
 */
export type Cell = Value | null | undefined;

/** Whether a cell can fill the cells next to it. */
export function hasValue(cell: Cell): cell is Value {
  return typeof cell === 'number' ? Number.isFinite(cell) : cell !== null && cell !== undefined;
}
