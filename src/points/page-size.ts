import type { Schema } from '../sources/schema';

/** Points read in a few milliseconds. */
export const POINTS_PER_READ = 2000;
/** Values read in a few milliseconds, for points with many fields. */
const VALUES_PER_READ = 40_000;
/** The most memory for the texts of one read. */
const READ_BYTES = 16_000_000;
/** A text of 1,000 characters, both as stored and as parsed. */
const TEXT_BYTES = 4000;

/** The page size for points of a source, such that a page takes at most `READ_BYTES` even with the longest texts. */
export function pointsPerRead(schema: Schema): number {
  const texts = schema.reduce((count, { type }) => (type === 'string' ? count + 1 : count), 0);
  const fitting = Math.floor(READ_BYTES / (TEXT_BYTES * Math.max(1, texts)));
  return Math.min(POINTS_PER_READ, fitting, Math.floor(VALUES_PER_READ / Math.max(1, schema.length)));
}
