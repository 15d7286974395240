import type { Schema } from '../sources/schema';

/** So many points take some milliseconds to read. */
export const POINTS_PER_READ = 2000;
/** The same of points with many fields. */
const VALUES_PER_READ = 40_000;
/** What the texts of one read take in memory at most. */
const READ_BYTES = 16_000_000;
/** A text of 1,000 characters, once as it is stored and once as it is read. */
const TEXT_BYTES = 4000;

/** How many points of a source are read at a time, so that their texts stay within some megabytes however long they are. */
export function pointsPerRead(schema: Schema): number {
  const texts = schema.reduce((count, { type }) => (type === 'string' ? count + 1 : count), 0);
  const fitting = Math.floor(READ_BYTES / (TEXT_BYTES * Math.max(1, texts)));
  return Math.min(POINTS_PER_READ, fitting, Math.floor(VALUES_PER_READ / Math.max(1, schema.length)));
}
