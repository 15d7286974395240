import { randomInt } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { insertTogether, rowInsert } from '../database/insert-together';
import { query } from '../database/sql';
import { readListsTogether, readTogether } from '../database/together';

const VERSIONS = 2 ** 47;

const ADD = rowInsert(
  'pending_rollups (source, quarter, version)',
  3,
  ' ON CONFLICT (source, quarter) DO UPDATE SET version = excluded.version',
);
const WITHIN = 'source = ? AND quarter >= ? AND quarter < ?';
const ANY = `SELECT 1 AS found FROM pending_rollups WHERE ${WITHIN} LIMIT 1`;
const LATEST = `SELECT quarter, version FROM pending_rollups WHERE ${WITHIN} ORDER BY quarter DESC LIMIT ?`;
const REMOVE = `DELETE FROM pending_rollups WHERE ${WITHIN}`;
const NEXT_SOURCE = 'SELECT min(source) AS source FROM pending_rollups WHERE source > ?';

/** A rollup window, and the version of its change. */
export interface PendingWindow {
  readonly rollupWindow: number;
  readonly version: number;
}

/** Records, in a transaction that changes points of these windows, that it does not compute their rollups of fields. */
export async function leavePending(
  manager: EntityManager,
  source: number,
  rollupWindows: readonly number[],
): Promise<void> {
  if (rollupWindows.length === 0) return;
  const version = randomInt(1, VERSIONS);
  await insertTogether(
    manager,
    ADD,
    rollupWindows.flatMap((rollupWindow) => [source, rollupWindow, version]),
  );
}

/** Whether the rollups of fields of any of these windows may be wrong. */
export async function hasPending(
  manager: EntityManager,
  source: number,
  [from, to]: readonly [number, number],
): Promise<boolean> {
  return (await readTogether(manager, ANY, [source, from, to])).length > 0;
}

/** The last pending windows of a range, the last one first. */
export async function latestPending(
  manager: EntityManager,
  source: number,
  [from, to]: readonly [number, number],
  most: number,
): Promise<PendingWindow[]> {
  const rows = await readListsTogether(manager, LATEST, [source, from, to, most]);
  return rows.map(([rollupWindow, version]) => ({ rollupWindow: Number(rollupWindow), version: Number(version) }));
}

/** Records that the rollups of these windows are right. */
export async function endPending(
  manager: EntityManager,
  source: number,
  [from, to]: readonly [number, number],
): Promise<void> {
  await query(manager, REMOVE, [source, from, to]);
}

/** The source with the next higher number that has pending windows. */
export async function nextPendingSource(manager: EntityManager, after: number): Promise<number | undefined> {
  const [row] = await query<{ source: number | null }>(manager, NEXT_SOURCE, [after]);
  return row?.source ?? undefined;
}
