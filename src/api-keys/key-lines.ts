import { Injectable } from '@nestjs/common';
import { In, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { BucketsService } from '../buckets/buckets.service';
import { ApiError } from '../common/errors';
import type { Journal } from '../common/journal';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { ApiKey } from './api-key.entity';
import { KEY_NOT_FOUND, LINE_FULL } from './api-keys.errors';
import { isLiving, keptIn } from './key-rows';
import type { KeyScope } from './new-key';

/** A key and what of its line matters to a change, locked until the transaction's end. */
export interface HeldLine {
  readonly lineId: string;
  readonly key: ApiKey;
  /** The newest key of the line, in whatever state; the key itself where nothing was made of the line. */
  readonly newest: ApiKey;
  /** The living keys of the line, oldest first. The key itself is one of them if it lives. */
  readonly living: readonly ApiKey[];
}

/** Work on one key, in a transaction that holds its line. */
export type LineWork<T> = (manager: EntityManager, journal: Journal, line: HeldLine) => Promise<T>;

const LIVES = 'deleted_at IS NULL AND retired_at IS NULL';
const REPLACEMENTS = `SELECT id FROM api_keys WHERE line_id = ? AND replaces IS NOT NULL AND ${LIVES}`;
/** Each part follows the index, so that keys which have expired cost nothing. */
const LIVING_IDS = `SELECT id FROM api_keys WHERE id = ? AND ${LIVES} AND (expires_at IS NULL OR expires_at > ?)
  UNION ALL ${REPLACEMENTS} AND expires_at IS NULL UNION ALL ${REPLACEMENTS} AND expires_at > ?`;

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
export function lockKeys(manager: EntityManager, ids: readonly string[]): Promise<ApiKey[]> {
  return manager.find(ApiKey, {
    where: { id: In([...new Set(ids)]) },
    order: { id: 'DESC' },
    ...(isPostgres(manager) && { lock: { mode: 'pessimistic_write' } }),
  });
}

/** The ids of the living keys of a line, in no order. */
export async function livingIdsOf(manager: EntityManager, lineId: string, nowMillis = Date.now()): Promise<string[]> {
  const living = await query<{ id: string }>(manager, LIVING_IDS, [lineId, nowMillis, lineId, lineId, nowMillis]);
  return living.map(({ id }) => id);
}

/**
 * Refuses a line that would grow beyond the bound. One that is beyond it already, from before there was one, may stay.
 *
 * @throws ApiError `LINE_FULL`, which names the oldest living key
 */
export function requireRoomInLine(living: readonly ApiKey[], livingAfter: number, most: number): void {
  const [oldest] = living;
  if (livingAfter <= most || livingAfter <= living.length || !oldest) return;
  const words = { most: String(most), oldest: oldest.id };
  throw new ApiError(LINE_FULL, { words, body: { apiKeyId: oldest.id } });
}

/** Gives work on one key the lock of its line, and what is in it. */
@Injectable()
export class KeyLines {
  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketsService,
  ) {}

  /**
   * Does something with a key that is not deleted, while nothing else changes it or its line. Of Admin keys no other of
   * the organization is changed meanwhile either: two could else each be ended because the other is still there.
   *
   * @throws ApiError `KEY_NOT_FOUND`, or `BUCKET_NOT_FOUND` for a bucket of another organization
   */
  inLine<T>(scope: KeyScope, id: string, work: LineWork<T>): Promise<T> {
    return this.inLineOf(scope, { id, ...keptIn(scope) }, work);
  }

  /** The same for a key that may be deleted. */
  inLineOfAny<T>(scope: KeyScope, id: string, work: LineWork<T>): Promise<T> {
    return this.inLineOf(scope, { id }, work);
  }

  private inLineOf<T>(scope: KeyScope, wanted: FindOptionsWhere<ApiKey>, work: LineWork<T>): Promise<T> {
    const { organizationId, bucketId } = scope;
    return this.writer.write(
      async (manager, journal) => {
        if (bucketId !== null) await this.buckets.hold(manager, organizationId, bucketId, 'SHARE');
        const found = await manager.findOneBy(ApiKey, wanted);
        const line = found && (await holdLine(manager, found));
        if (!line || (wanted.deletedAt && line.key.deletedAt !== null)) throw new ApiError(KEY_NOT_FOUND);
        return work(manager, journal, line);
      },
      bucketId === null ? { serializeOn: `Admin keys of ${organizationId}` } : {},
    );
  }
}

/** The line of a key that was read before the lock was there. */
async function holdLine(manager: EntityManager, found: ApiKey, nowMillis = Date.now()): Promise<HeldLine> {
  const lineId = found.lineId || found.id;
  await lockLines(manager, [lineId]);
  const [first] = await query<{ newestId: string | null }>(
    manager,
    'SELECT newest_id AS "newestId" FROM api_keys WHERE id = ?',
    [lineId],
  );
  const newestId = first?.newestId ?? lineId;
  const keys = await lockKeys(manager, [
    lineId,
    newestId,
    found.id,
    ...(await livingIdsOf(manager, lineId, nowMillis)),
  ]);
  const byId = new Map(keys.map((key) => [key.id, key]));
  const key = byId.get(found.id) ?? found;
  const living = keys.filter((one) => isLiving(one, nowMillis)).sort(byAge);
  return { lineId, key, newest: byId.get(newestId) ?? key, living };
}

function byAge(one: ApiKey, other: ApiKey): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}
