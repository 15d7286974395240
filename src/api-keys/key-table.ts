import type { EntityManager } from 'typeorm';
import { IMMEDIATE_YIELD } from '../common/http/yield';
import { selectRows } from '../database/select-rows';
import { query, rowLock } from '../database/sql';
import { ApiKey } from './api-key.entity';

/** Few enough for a short statement. */
const ROWS_PER_STATEMENT = 50;

/** This many statements take a few milliseconds. */
const SLICES_AT_ONCE = 10;

/**
 * Reads keys by their ids, including deleted keys, in no particular order.
 *
 * @param rest what follows the condition: an order, a lock
 */
export async function selectKeys(manager: EntityManager, ids: readonly string[], rest = ''): Promise<ApiKey[]> {
  if (ids.length === 0) return [];
  return selectRows(manager, ApiKey, `WHERE id IN (${marksFor(ids)})${rest}`, ids);
}

const SESSIONS_OF = (ids: readonly string[]) => `session_of IN (${marksFor(ids)}) AND deleted_at IS NULL`;

/** Marks keys and their session keys as deleted. Their hashes are kept. */
export async function markDeleted(manager: EntityManager, ids: readonly string[], deletedAt: number): Promise<void> {
  for (const [index, slice] of [...slicesOf(ids)].entries()) {
    // Other requests, except for writes, continue meanwhile.
    if (index % SLICES_AT_ONCE === SLICES_AT_ONCE - 1) await IMMEDIATE_YIELD();
    await query(manager, `UPDATE api_keys SET deleted_at = ? WHERE id IN (${marksFor(slice)})`, [deletedAt, ...slice]);
    await markSessionsDeleted(manager, slice, deletedAt);
  }
}

/** Session keys are locked newest first, as all keys: another order could deadlock with a request that deletes several of them. */
async function markSessionsDeleted(manager: EntityManager, ids: readonly string[], deletedAt: number): Promise<void> {
  const lock = rowLock(manager, 'UPDATE');
  if (lock) await query(manager, `SELECT id FROM api_keys WHERE ${SESSIONS_OF(ids)} ORDER BY id DESC${lock}`, ids);
  await query(manager, `UPDATE api_keys SET deleted_at = ? WHERE ${SESSIONS_OF(ids)}`, [deletedAt, ...ids]);
}

/** What a rotation changes in the old key. */
export interface Replacement {
  readonly id: string;
  readonly lineId: string;
  readonly replacedBy: string;
  readonly expiresAt: number;
  /** When it was retired; null if it stays valid. */
  readonly retiredAt: number | null;
}

const REPLACED = '(CAST(? AS varchar), CAST(? AS varchar), CAST(? AS bigint), CAST(? AS bigint))';
const replace = (rows: string) => `UPDATE api_keys SET replaced_by = new.column2, expires_at = new.column3,
  retired_at = coalesce(new.column4, retired_at) FROM (VALUES ${rows}) AS new WHERE api_keys.id = new.column1`;
const NEWEST = '(CAST(? AS varchar), CAST(? AS varchar))';
const setNewest = (rows: string) =>
  `UPDATE api_keys SET newest_id = new.column2 FROM (VALUES ${rows}) AS new WHERE api_keys.id = new.column1`;

/** Marks keys as replaced, at most one of each rotation line, and their replacements as the newest keys of their lines. */
export async function markReplaced(manager: EntityManager, replaced: readonly Replacement[]): Promise<void> {
  for (const slice of slicesOf(replaced)) {
    const rows = (row: string) => slice.map(() => row).join(', ');
    const values = slice.flatMap(({ id, replacedBy, expiresAt, retiredAt }) => [id, replacedBy, expiresAt, retiredAt]);
    await query(manager, replace(rows(REPLACED)), values);
    const newest = slice.flatMap(({ lineId, replacedBy }) => [lineId, replacedBy]);
    await query(manager, setNewest(rows(NEWEST)), newest);
  }
}

function* slicesOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT)
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
}

/** A placeholder for each of these values. */
export function marksFor(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
