import type { EntityManager } from 'typeorm';
import { IMMEDIATE_YIELD } from '../common/http/yield';
import { isPostgres, query, rowLock } from '../database/sql';
import type { ApiKey } from './api-key.entity';
import { isLiving } from './key-rows';
import { marksFor, selectKeys } from './key-table';

/** A key and the keys of its rotation line that a change depends on, locked until the transaction's end. */
export interface LockedLine {
  readonly lineId: string;
  readonly key: ApiKey;
  /** The newest key of the line, in any state; the key itself if it was never rotated. */
  readonly newest: ApiKey;
  /** The valid keys of the line, oldest first, including the key itself if it is valid. */
  readonly living: readonly ApiKey[];
}

/** This many rows are read within a few milliseconds. */
const LOCKED_AT_ONCE = 500;

const LIVES = 'deleted_at IS NULL AND retired_at IS NULL';
/** Each part uses the index, so that expired keys cost nothing. */
function livingIdsSql(lines: string): string {
  const replacements = `SELECT id, line_id AS "lineId" FROM api_keys WHERE line_id IN (${lines}) AND replaces IS NOT NULL AND ${LIVES}`;
  return `SELECT id, id AS "lineId" FROM api_keys WHERE id IN (${lines}) AND ${LIVES} AND (expires_at IS NULL OR expires_at > ?)
    UNION ALL ${replacements} AND expires_at IS NULL UNION ALL ${replacements} AND expires_at > ?`;
}

/**
 * Locks rotation lines until the transaction's end. Every change of a key takes this lock first and then reads the row again.
 * One statement takes all locks in one order, so that two transactions cannot deadlock.
 *
 * @param manager of a transaction of the writer; on SQLite that transaction has the database to itself
 */
export async function lockLines(manager: EntityManager, lineIds: readonly string[]): Promise<void> {
  if (!isPostgres(manager) || lineIds.length === 0) return;
  const rows = lineIds.map(() => '(?)').join(', ');
  const locks = `SELECT DISTINCT hashtextextended('line of keys ' || column1, 0) AS lock FROM (VALUES ${rows}) AS line`;
  await query(manager, `SELECT pg_advisory_xact_lock(lock) FROM (${locks} ORDER BY lock OFFSET 0) AS sorted`, lineIds);
}

/** Locks and reads these keys, newest first: the order in which usage is written. */
export async function lockKeys(manager: EntityManager, ids: Iterable<string>): Promise<ApiKey[]> {
  const sorted = [...new Set(ids)].sort().reverse();
  const keys: ApiKey[] = [];
  for (let start = 0; start < sorted.length; start += LOCKED_AT_ONCE) {
    // Other requests, except for writes, continue meanwhile.
    if (start > 0) await IMMEDIATE_YIELD();
    const slice = sorted.slice(start, start + LOCKED_AT_ONCE);
    keys.push(...(await selectKeys(manager, slice, ` ORDER BY id DESC${rowLock(manager, 'UPDATE')}`)));
  }
  return keys;
}

/** The ids of the valid keys of a line, in no particular order. */
export async function livingIdsOf(manager: EntityManager, lineId: string, nowMillis = Date.now()): Promise<string[]> {
  return (await livingIdsOfLines(manager, [lineId], nowMillis)).map(({ id }) => id);
}

function livingIdsOfLines(manager: EntityManager, lineIds: readonly string[], nowMillis: number) {
  const values = [...lineIds, nowMillis, ...lineIds, ...lineIds, nowMillis];
  return query<{ id: string; lineId: string }>(manager, livingIdsSql(marksFor(lineIds)), values);
}

/** A key as it was read before its line is locked. */
export interface KeyOfLine {
  readonly id: string;
  /** Empty for a key that a server of an earlier version created. */
  readonly lineId: string;
}

/** Locks the lines of these keys and reads them. @returns the lines by the ids of the keys */
export async function lockAndReadLines(
  manager: EntityManager,
  found: readonly KeyOfLine[],
  nowMillis = Date.now(),
): Promise<ReadonlyMap<string, LockedLine>> {
  if (found.length === 0) return new Map();
  const lineOf = new Map(found.map(({ id, lineId }) => [id, lineId || id]));
  const lineIds = [...new Set(lineOf.values())];
  await lockLines(manager, lineIds);
  const first = await query<{ id: string; newestId: string | null }>(
    manager,
    `SELECT id, newest_id AS "newestId" FROM api_keys WHERE id IN (${marksFor(lineIds)})`,
    lineIds,
  );
  const newest = new Map(first.map(({ id, newestId }) => [id, newestId ?? id]));
  const members = await livingIdsOfLines(manager, lineIds, nowMillis);
  const ids = [...lineIds, ...newest.values(), ...lineOf.keys(), ...members.map(({ id }) => id)];
  const byId = new Map((await lockKeys(manager, ids)).map((key) => [key.id, key]));
  const livingOf = new Map<string, ApiKey[]>(lineIds.map((lineId) => [lineId, []]));
  for (const { id, lineId } of members) {
    const member = byId.get(id);
    if (member && isLiving(member, nowMillis)) livingOf.get(lineId)?.push(member);
  }
  for (const living of livingOf.values()) living.sort(byAge);
  const lines = new Map<string, LockedLine>();
  for (const [id, lineId] of lineOf) {
    const key = byId.get(id);
    if (!key) continue;
    const living = livingOf.get(lineId) ?? [];
    lines.set(id, { lineId, key, newest: byId.get(newest.get(lineId) ?? lineId) ?? key, living });
  }
  return lines;
}

function byAge(one: ApiKey, other: ApiKey): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}
