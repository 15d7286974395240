import { IsNull, type EntityManager } from 'typeorm';
import { ApiError } from '../common/errors';
import { selectRows } from '../database/select-rows';
import { query, rowLock } from '../database/sql';
import type { Schema } from './schema';
import { Source } from './source.entity';
import { SOURCE_NOT_FOUND } from './sources.errors';

const FIND = `SELECT id, number, bucket_id AS "bucketId", name, schema, status FROM data_sources WHERE id = ?`;
const FIND_ACTIVE = `${FIND} AND deleted_at IS NULL`;
const LOCK = 'SELECT 1 FROM data_sources WHERE id = ?';
const LOCK_NUMBER = 'SELECT 1 FROM data_sources WHERE number = ?';
const FIND_SCHEMA = 'SELECT schema FROM data_sources WHERE number = ?';
const NEXT = 'SELECT number, schema FROM data_sources WHERE deleted_at IS NULL AND number > ? ORDER BY number LIMIT 1';
const NUMBERS_PER_STATEMENT = 50;
const WITH_NUMBERS = `WHERE number IN (${Array(NUMBERS_PER_STATEMENT).fill('?').join(', ')}) AND deleted_at IS NULL`;
const FIND_MANY = `SELECT id, number, bucket_id AS "bucketId", name, schema, status FROM data_sources
  WHERE bucket_id = ? AND id IN (${Array(NUMBERS_PER_STATEMENT).fill('?').join(', ')}) AND deleted_at IS NULL`;
const SET_WATCH_VERSION = 'UPDATE data_sources SET watch_version = ? WHERE id = ?';

/** The main columns of a data source, which may be deleted. */
export interface SourceRow {
  readonly id: string;
  readonly number: number;
  readonly bucketId: string;
  readonly name: string;
  readonly schema: Schema;
  readonly status: Source['status'];
}

/** Locks a source until the transaction ends. Its schema, points and alert rules change only under this lock. */
export async function lockSource(manager: EntityManager, id: string): Promise<void> {
  const lock = rowLock(manager, 'UPDATE');
  if (lock) await query(manager, LOCK + lock, [id]);
}

/** Locks a source by its number. */
export async function lockSourceNumber(manager: EntityManager, number: number): Promise<void> {
  const lock = rowLock(manager, 'UPDATE');
  if (lock) await query(manager, LOCK_NUMBER + lock, [number]);
}

/**
 * Locks a source of a bucket and reads it.
 *
 * @throws ApiError `SOURCE_NOT_FOUND`
 */
export async function getLockedSource(manager: EntityManager, bucketId: string, id: string): Promise<Source> {
  await lockSource(manager, id);
  const source = await manager.findOneBy(Source, { id, bucketId, deletedAt: IsNull() });
  if (!source) throw new ApiError(SOURCE_NOT_FOUND);
  return source;
}

export function findSource(manager: EntityManager, id: string): Promise<SourceRow | undefined> {
  return findBy(manager, FIND, id);
}

/** A data source that is not deleted. */
export function findActiveSource(manager: EntityManager, id: string): Promise<SourceRow | undefined> {
  return findBy(manager, FIND_ACTIVE, id);
}

async function findBy(manager: EntityManager, sql: string, id: string): Promise<SourceRow | undefined> {
  const [row] = await query<Omit<SourceRow, 'schema'> & { readonly schema: string }>(manager, sql, [id]);
  return row && { ...row, schema: JSON.parse(row.schema) as Schema };
}

/** The data sources of a bucket among these ids that are not deleted. */
export async function findActiveSources(
  manager: EntityManager,
  bucketId: string,
  ids: readonly string[],
): Promise<SourceRow[]> {
  const sources: SourceRow[] = [];
  for (let begin = 0; begin < ids.length; begin += NUMBERS_PER_STATEMENT) {
    const some = Array.from({ length: NUMBERS_PER_STATEMENT }, (_, index) => ids[begin + index] ?? ids[begin] ?? '');
    const rows = await query<Omit<SourceRow, 'schema'> & { readonly schema: string }>(manager, FIND_MANY, [
      bucketId,
      ...some,
    ]);
    for (const row of rows) sources.push({ ...row, schema: JSON.parse(row.schema) as Schema });
  }
  return sources;
}

/** The sources with these numbers that are not deleted. */
export async function findSourcesByNumber(manager: EntityManager, numbers: readonly number[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (let begin = 0; begin < numbers.length; begin += NUMBERS_PER_STATEMENT) {
    const some = numbers.slice(begin, begin + NUMBERS_PER_STATEMENT);
    const filled = Array.from({ length: NUMBERS_PER_STATEMENT }, (_, index) => some[index] ?? some[0] ?? 0);
    sources.push(...(await selectRows(manager, Source, WITH_NUMBERS, filled)));
  }
  return sources;
}

/** What is needed to read the stored points of a source. */
export type StoredSource = Pick<SourceRow, 'number' | 'schema'>;

export async function findSchema(manager: EntityManager, number: number): Promise<Schema | undefined> {
  const [row] = await query<{ schema: string }>(manager, FIND_SCHEMA, [number]);
  return row && (JSON.parse(row.schema) as Schema);
}

/** The source with the next higher number that is not deleted. */
export async function findNextSource(manager: EntityManager, after: number): Promise<StoredSource | undefined> {
  const [row] = await query<{ number: number; schema: string }>(manager, NEXT, [after]);
  return row && { number: row.number, schema: JSON.parse(row.schema) as Schema };
}

/** Invalidates the cached alert rules of a source in all instances of the server. */
export async function setWatchVersion(manager: EntityManager, id: string, version: number): Promise<void> {
  await query(manager, SET_WATCH_VERSION, [version, id]);
}
