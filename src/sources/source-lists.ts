import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { scanRows, type ScannedRow } from '../database/scan-rows';
import { query } from '../database/sql';
import type { Schema } from './schema';
import { parseSchema } from './schema-text';
import { removeSeries } from './series-rows';
import type { StoredSource } from './source-rows';

/** A subquery for the numbers of a bucket's sources that are not deleted, or were deleted at the time in the second parameter. */
export const SOURCES_OF_BUCKET =
  'SELECT number FROM data_sources WHERE bucket_id = ? AND (deleted_at IS NULL OR deleted_at = ?)';

const NUMBERED = 'id, created_at AS "createdAt", number';
/** Wide schemas that are parsed in about a millisecond. */
const SCHEMAS_PER_SLICE = 25;
const SCHEMAS = 'id, created_at AS "createdAt", schema';
const deletedWhere = (condition: string) => `SELECT number, schema FROM data_sources s
  WHERE deleted_at IS NOT NULL AND number > ? AND ${condition} ORDER BY number LIMIT ?`;
/** Excludes the highest number: the next data source gets the number after it, and numbers are never reused. */
const removableWhere = (condition: string) => `SELECT number FROM data_sources s
  WHERE deleted_at IS NOT NULL AND number < (SELECT max(number) FROM data_sources) AND ${condition}
  ORDER BY number LIMIT ?`;

/** The numbers of a bucket's sources that are not deleted, oldest first. */
export async function numbersOfBucketInSlices(
  manager: EntityManager,
  bucketId: string,
  yieldTurn: YieldTurn,
): Promise<number[]> {
  const scan = scanOf(bucketId, NUMBERED);
  const numbers: number[] = [];
  for await (const rows of scanRows<ScannedRow & { readonly number: number }>(manager, scan, yieldTurn))
    for (const { number } of rows) numbers.push(number);
  return numbers;
}

/** Which of these field names no source of a bucket has. Looks no further than until all are found. */
export async function fieldsUnknownIn(
  manager: EntityManager,
  bucketId: string,
  names: readonly string[],
  yieldTurn: YieldTurn,
): Promise<string[]> {
  const unknown = new Set(names);
  for await (const rows of scanRows<ScannedRow & { readonly schema: string }>(
    manager,
    scanOf(bucketId, SCHEMAS),
    yieldTurn,
  ))
    for (const [index, { schema }] of rows.entries()) {
      if (index % SCHEMAS_PER_SLICE === 0) await yieldTurn();
      for (const { name } of parseSchema(schema)) unknown.delete(name);
      if (unknown.size === 0) return [];
    }
  return [...unknown];
}

function scanOf(bucketId: string, columns: string) {
  return { columns, from: 'data_sources WHERE bucket_id = ?', living: 'deleted_at IS NULL', values: [bucketId] };
}

/**
 * Deleted sources, ordered by number.
 *
 * @param condition SQL with the alias `s` for a source
 */
export async function listDeletedSources(
  manager: EntityManager,
  condition: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<StoredSource[]> {
  const rows = await query<{ number: number; schema: string }>(manager, deletedWhere(condition), [after, limit]);
  return rows.map(({ number, schema }) => ({ number, schema: JSON.parse(schema) as Schema }));
}

/** The numbers of deleted sources whose rows may be removed. @param condition SQL with the alias `s` for a source */
export async function listRemovableSources(
  manager: EntityManager,
  condition: string,
  limit: number,
): Promise<number[]> {
  return (await query<{ number: number }>(manager, removableWhere(condition), [limit])).map(({ number }) => number);
}

export async function removeSourceRows(manager: EntityManager, numbers: readonly number[]): Promise<void> {
  await removeSeries(manager, numbers);
  await query(manager, `DELETE FROM data_sources WHERE number IN (${numbers.map(() => '?').join(', ')})`, [...numbers]);
}
