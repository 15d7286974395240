import type { EntityManager } from 'typeorm';
import { PAUSE } from '../common/http/yield';
import { isPostgres, query, rowLock } from '../database/sql';
import type { ApiKey } from './api-key.entity';
import { isLiving } from './key-rows';
import { marksFor, selectKeys } from './key-table';

/** A key and what of its line matters to a change, locked until the transaction's end. */
export interface LockedLine {
  readonly lineId: string;
  readonly key: ApiKey;
  /** The newest key of the line, in whatever state; the key itself where nothing was made of the line. */
  readonly newest: ApiKey;
  /** The living keys of the line, oldest first. The key itself is one of them if it lives. */
  readonly living: readonly ApiKey[];
}

/** So many rows are read within some milliseconds. */
const LOCKED_AT_ONCE = 500;

const LIVES = 'deleted_at IS NULL AND retired_at IS NULL';
/** Each part follows the index, so that keys which have expired cost nothing. */
function livingIdsSql(lines: string): string {
  const replacements = `SELECT id, line_id AS "lineId" FROM api_keys WHERE line_id IN (${lines}) AND replaces IS NOT NULL AND ${LIVES}`;
  return `SELECT id, id AS "lineId" FROM api_keys WHERE id IN (${lines}) AND ${LIVES} AND (expires_at IS NULL OR expires_at > ?)
    UNION ALL ${replacements} AND expires_at IS NULL UNION ALL ${replacements} AND expires_at > ?`;
}

/**
 * Locks lines of keys until the transaction's end: every change of a key takes this lock first, and looks at the row again
 * inside it. One statement takes all of them in one order, so that two transactions never wait for each other.
 *
 * @param manager of a transaction of the writer. On SQLite that is alone with the database anyway
 */
export async function lockLines(manager: EntityManager, lineIds: readonly string[]): Promise<void> {
  if (!isPostgres(manager) || lineIds.length === 0) return;
  const rows = lineIds.map(() => '(?)').join(', ');
  const locks = `SELECT DISTINCT hashtextextended('line of keys ' || column1, 0) AS lock FROM (VALUES ${rows}) AS line`;
  await query(manager, `SELECT pg_advisory_xact_lock(lock) FROM (${locks} ORDER BY lock OFFSET 0) AS sorted`, lineIds);
}

/** These keys as they are now, locked, the youngest first: in the order in which the usage of keys is written down. */
export async function lockKeys(manager: EntityManager, ids: Iterable<string>): Promise<ApiKey[]> {
  const sorted = [...new Set(ids)].sort().reverse();
  const keys: ApiKey[] = [];
  for (let start = 0; start < sorted.length; start += LOCKED_AT_ONCE) {
    // Other requests go on meanwhile, writes excepted.
    if (start > 0) await PAUSE();
    const slice = sorted.slice(start, start + LOCKED_AT_ONCE);
    keys.push(...(await selectKeys(manager, slice, ` ORDER BY id DESC${rowLock(manager, 'UPDATE')}`)));
  }
  return keys;
}

/** The ids of the living keys of a line, in no order. */
export async function livingIdsOf(manager: EntityManager, lineId: string, nowMillis = Date.now()): Promise<string[]> {
  return (await livingIdsOfLines(manager, [lineId], nowMillis)).map(({ id }) => id);
}

function livingIdsOfLines(manager: EntityManager, lineIds: readonly string[], nowMillis: number) {
  const values = [...lineIds, nowMillis, ...lineIds, ...lineIds, nowMillis];
  return query<{ id: string; lineId: string }>(manager, livingIdsSql(marksFor(lineIds)), values);
}

/** A key as it is found before its line is locked. */
export interface KeyOfLine {
  readonly id: string;
  /** Empty where a server of before the upgrade made the key. */
  readonly lineId: string;
}

/** Locks the lines of keys, and reads what is in them: by the ids of these keys. */
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
