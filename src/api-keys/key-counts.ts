import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { change, query, rowLock, type SqlValue } from '../database/sql';
import { TOO_MANY_ADMIN_KEYS, TOO_MANY_KEYS } from './api-keys.errors';
import type { KeyScope } from './new-key';

const SHORTEST_PAUSE_MILLIS = 1000;
/** Counting takes at most a twentieth of the time, however often requests reach the limit. */
const PAUSE_PER_COUNT = 20;
/** Full buckets and organizations that are remembered. */
export const MAX_FULL_SCOPES = 1000;

interface Wanted {
  readonly atMost: number;
  readonly keys: number;
  readonly most: number;
}

/** A scope that was full. Its transaction was rolled back, so this is kept in memory only. */
interface FullScope {
  /** The value of the counter then. */
  readonly atMost: number;
  readonly living: number;
  readonly until: number;
}

const RAISE = `UPDATE key_counts SET at_most = at_most + ? WHERE scope_id = ? AND at_most + ? <= ?`;
const LOWER = 'UPDATE key_counts SET at_most = at_most - ? WHERE scope_id = ?';
const BEGIN = 'INSERT INTO key_counts (scope_id, at_most) VALUES (?, 0) ON CONFLICT (scope_id) DO NOTHING';
const FIND = 'SELECT at_most AS "atMost" FROM key_counts WHERE scope_id = ?';
const SET = 'UPDATE key_counts SET at_most = ? WHERE scope_id = ?';
const countLiving = (ofBucket: string) => `SELECT count(*) AS keys FROM api_keys WHERE organization_id = ?
  AND bucket_id ${ofBucket} AND deleted_at IS NULL AND retired_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
  AND session_of IS NULL`;

/**
 * Limits the valid keys of each bucket, and the Admin keys of each organization. A counter that is never too low is enough for
 * nearly every creation. The keys are only counted when it has reached the limit, because some may have expired.
 */
@Injectable()
export class KeyCounts {
  private readonly full = new Map<string, FullScope>();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'keysPerBucket' | 'adminKeysPerOrganization'>) {}

  /**
   * Adds keys that are already stored. A transaction that also locks rows of keys locks those first.
   *
   * @throws ApiError `TOO_MANY_KEYS` or `TOO_MANY_ADMIN_KEYS` above the limit
   */
  async add(manager: EntityManager, scope: KeyScope, keys: number): Promise<void> {
    const id = idOf(scope);
    const most = scope.bucketId === null ? this.config.adminKeysPerOrganization : this.config.keysPerBucket;
    if ((await change(manager, RAISE, [keys, id, keys, most])) > 0) return;
    await query(manager, BEGIN, [id]);
    const [kept] = await query<{ atMost: number }>(manager, FIND + rowLock(manager, 'UPDATE'), [id]);
    const others = await this.countOthers(manager, scope, { atMost: kept?.atMost ?? 0, keys, most });
    if (others + keys > most) throw tooMany(scope, most, others);
    await query(manager, SET, [others + keys, id]);
  }

  /** Adds keys of the operator, to which no limit applies. */
  async addUnbounded(manager: EntityManager, scope: KeyScope, keys: number): Promise<void> {
    await query(manager, LOWER, [-keys, idOf(scope)]);
  }

  /** Subtracts valid keys that were deleted or retired. Expired keys are found by the next count. */
  async subtract(manager: EntityManager, scope: KeyScope, keys: number): Promise<void> {
    if (keys > 0) await query(manager, LOWER, [keys, idOf(scope)]);
  }

  /** The number of valid keys besides the new ones. A scope that was full a moment ago is not counted again. */
  private async countOthers(manager: EntityManager, scope: KeyScope, { atMost, keys, most }: Wanted): Promise<number> {
    const id = idOf(scope);
    const startedAt = Date.now();
    const before = this.full.get(id);
    if (before && before.until > startedAt && before.atMost === atMost && before.living + keys > most)
      return before.living;
    const { organizationId, bucketId } = scope;
    const of: SqlValue[] = bucketId === null ? [organizationId] : [organizationId, bucketId];
    const sql = countLiving(bucketId === null ? 'IS NULL' : '= ?');
    const [counted] = await query<{ keys: number }>(manager, sql, [...of, startedAt]);
    const living = (counted?.keys ?? 0) - keys;
    this.full.delete(id);
    if (living + keys > most) this.remember(id, { atMost, living }, startedAt);
    return living;
  }

  private remember(id: string, full: Omit<FullScope, 'until'>, startedAt: number): void {
    if (this.full.size >= MAX_FULL_SCOPES) this.full.clear();
    const now = Date.now();
    const pause = Math.max(SHORTEST_PAUSE_MILLIS, PAUSE_PER_COUNT * (now - startedAt));
    this.full.set(id, { ...full, until: now + pause });
  }
}

function idOf({ organizationId, bucketId }: KeyScope): string {
  return bucketId ?? organizationId;
}

function tooMany({ bucketId }: KeyScope, most: number, living: number): ApiError {
  const words = { most: String(most), room: String(Math.max(0, most - living)) };
  return new ApiError(bucketId === null ? TOO_MANY_ADMIN_KEYS : TOO_MANY_KEYS, { words });
}
