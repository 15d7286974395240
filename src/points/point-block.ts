import { COLUMN_SLOTS } from '../sources/schema';
import type { PackedPoint } from './values';

/**
 * Points of one source in ascending order of time, without metadata. All have values of the same fields, which are in columns.
 * Most points of line protocol are alike in this way, and an object for each of them would take longer to make than to store.
 */
export interface PointBlock {
  /** Milliseconds since 1970. No two are equal. */
  readonly ats: Float64Array;
  /** The values by slot, each in the order of the times; undefined for a slot without values. */
  readonly columns: readonly (Float64Array | undefined)[];
}

export function boundsOfBlock({ ats }: PointBlock): { readonly first: number; readonly last: number } {
  return { first: ats[0] ?? 0, last: ats[ats.length - 1] ?? 0 };
}

/** The points of blocks one by one. */
export function pointsOfBlocks(blocks: readonly PointBlock[]): PackedPoint[] {
  return blocks.flatMap(({ ats, columns }) =>
    Array.from(ats, (at, index) => ({
      ...{ at, meta: 0, rest: null },
      columns: Array.from({ length: COLUMN_SLOTS }, (_, slot) => columns[slot]?.[index] ?? null),
    })),
  );
}

/** Points of a request for one source: in blocks, if all of them can be. */
export interface SomePoints {
  readonly blocks?: readonly PointBlock[];
  readonly points: readonly PackedPoint[];
}

/** The points of a request one by one. */
export function pointsIn({ blocks, points }: SomePoints): readonly PackedPoint[] {
  return blocks ? pointsOfBlocks(blocks) : points;
}

/** How many points blocks have. */
export function countIn(blocks: readonly PointBlock[]): number {
  return blocks.reduce((sum, { ats }) => sum + ats.length, 0);
}
