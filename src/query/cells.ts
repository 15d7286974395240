import type { Value } from '../points/values';

/**
 * A value of a column in one group. Undefined if the group has no value of the field, and `fill` may provide one. Null if the
 * aggregate is not defined for the values, such as the standard deviation of one value. A number outside the range of a double
 * is infinite.
 */
export type Cell = Value | null | undefined;

/** Whether a cell can fill the cells next to it. */
export function hasValue(cell: Cell): cell is Value {
  return typeof cell === 'number' ? Number.isFinite(cell) : cell !== null && cell !== undefined;
}
