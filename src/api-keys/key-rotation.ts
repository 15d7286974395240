import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { tooMany } from '../access/admission';
import { CHALLENGE, NO_SELF_ROTATION, UNAUTHORIZED } from '../access/access.errors';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { Actor, Journal } from '../common/journal';
import { isoTime } from '../common/times';
import { RateLimiter } from '../limits/rate-limiter';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { ApiKey } from './api-key.entity';
import {
  KEY_ALREADY_ROTATED,
  KEY_DISABLED,
  KEY_EXPIRED,
  KEY_NOT_FOUND,
  LAST_ADMIN_KEY_RESTRICTED,
} from './api-keys.errors';
import { KeyCounts } from './key-counts';
import { endKey, scopeOf, targetOf } from './key-journal';
import { KeyLines, requireRoomInLine, type HeldLine } from './key-lines';
import { isLiving, isUsable } from './key-rows';
import { insertKeys } from './key-table';
import { KeyService, type CreatedKey } from './key.service';
import { LastAdminKey } from './last-admin-key';
import type { KeyScope } from './new-key';

/** How often the keys of a line may rotate themselves within 24 hours. */
export const SELF_ROTATIONS_PER_DAY = 1000;

/** How the old key goes. */
export interface RotationWish {
  /** How long it lives on. */
  readonly gracePeriodSeconds: number;
  /** Whether it dies as soon as the new one is used, if that is sooner. */
  readonly retireOnFirstUse: boolean;
}

/** A key's replacement, and the key that it replaces. */
export interface Rotated extends CreatedKey {
  readonly old: { readonly id: string; readonly expiresAt: number };
}

/** A rotation that is under way, in its transaction. */
interface Rotation {
  readonly manager: EntityManager;
  readonly journal: Journal;
  readonly by: Actor;
  readonly wish: RotationWish;
  readonly madeBy: 'admin' | 'self';
}

/** Replaces keys by new ones with the same rights, without a moment in which neither opens. */
@Injectable()
export class KeyRotation {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'livingKeysPerLine'>,
    private readonly keys: KeyService,
    private readonly lines: KeyLines,
    private readonly counts: KeyCounts,
    private readonly lastAdminKey: LastAdminKey,
    private readonly idempotency: Idempotency,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Makes a key in the place of another, which dies at the end of its grace period.
   *
   * A line has one newest key. One that was to retire the old key by its first use and was never used is deleted for a new
   * one, so that a device which never got its answer may ask again. Of any other that is not deleted: 409, with its id.
   *
   * @throws ApiError `KEY_ALREADY_ROTATED`, `KEY_EXPIRED`, `KEY_DISABLED`, `LINE_FULL`, or where the bucket is full
   */
  rotate(by: Actor, scope: KeyScope, id: string, wish: RotationWish, retry?: Retry): Promise<Rotated> {
    return this.lines.inLine(scope, id, async (manager, journal, line) => {
      return this.replace({ manager, journal, by, wish, madeBy: 'admin' }, line, retry);
    });
  }

  /**
   * The same for a key that rotates itself.
   *
   * Each leaves a row that is kept for ever, hence the bound of 1,000 a day for a line, on each instance.
   *
   * @throws ApiError as `rotate`; 401 where the key does not open any more, 429 over the bound, and `NO_SELF_ROTATION`
   */
  async rotateSelf(
    by: Actor,
    { lineId, ...scope }: KeyScope & { readonly lineId: string },
    id: string,
    wish: RotationWish,
    retry?: Retry,
  ): Promise<Rotated> {
    const { admitted, retryInMillis } = await this.limiter.take(`rotations of ${lineId}`, {
      limit: SELF_ROTATIONS_PER_DAY,
      windowSeconds: 86_400,
    });
    if (!admitted) throw tooMany(retryInMillis, Date.now());
    try {
      return await this.lines.inLine(scope, id, async (manager, journal, line) => {
        if (!isUsable(line.key, Date.now())) throw new ApiError(KEY_NOT_FOUND);
        if (line.key.noSelfRotation !== null) throw new ApiError(NO_SELF_ROTATION);
        return this.replace({ manager, journal, by, wish, madeBy: 'self' }, line, retry);
      });
    } catch (cause) {
      // The reply does not say that the key or its bucket is gone: a key that does not open gets the same 401 everywhere.
      const isGone = cause instanceof ApiError && cause.getStatus() === KEY_NOT_FOUND.status;
      throw isGone ? new ApiError(UNAUTHORIZED, { headers: CHALLENGE }) : cause;
    }
  }

  private async replace(rotation: Rotation, line: HeldLine, retry: Retry | undefined): Promise<Rotated> {
    const { manager, journal, by, wish } = rotation;
    const { key: old, newest, lineId } = line;
    const now = Date.now();
    const created = this.replacementOf(line, rotation);
    await this.idempotency.record(manager, old.organizationId, retry, [created.apiKey.id]);
    const unused = requireRotatable(line, now);
    const expiresAt = Math.min(now + wish.gracePeriodSeconds * 1000, old.expiresAt ?? Infinity);
    const replacedBy = created.apiKey.id;
    const isRetired = wish.gracePeriodSeconds === 0;
    const columns = { expiresAt, replacedBy, ...(isRetired && { retiredAt: now }) };
    const ended = unused ? [{ ...newest, deletedAt: now }] : [];
    await this.lastAdminKey.require(
      manager,
      by,
      [{ ...old, ...columns }, ...ended, created.apiKey],
      LAST_ADMIN_KEY_RESTRICTED,
    );

    const livingAfter = line.living.length + 1 - (isRetired ? 1 : 0) - (unused && isLiving(newest, now) ? 1 : 0);
    requireRoomInLine(line.living, livingAfter, this.config.livingKeysPerLine);
    if (unused) await endKey(manager, journal, by, newest);
    await insertKeys(manager, [created.apiKey]);
    await manager.update(ApiKey, { id: old.id }, columns);
    await manager.update(ApiKey, { id: lineId }, { newestId: replacedBy });
    if (livingAfter > line.living.length) await this.counts.add(manager, scopeOf(old), 1);
    else await this.counts.subtract(manager, scopeOf(old), line.living.length - livingAfter);
    const details = { replacedBy, expiresAt: isoTime(expiresAt), ...wish };
    journal({ by, action: 'apiKey.rotated', ...scopeOf(old), target: targetOf(old), details });
    return { ...created, old: { id: old.id, expiresAt } };
  }

  /**
   * A copy of the old key, of which only what makes it another key is its own: a bound that is not named here is copied too.
   * It lives as long as the newest key of its line would have.
   */
  private replacementOf({ key: old, newest, lineId }: HeldLine, { wish, madeBy }: Rotation): CreatedKey {
    const { apiKey, key } = this.keys.make(scopeOf(old), { name: old.name, type: old.type });
    const { id, hash, hint, pepper, createdAt } = apiKey;
    const identity = { id, hash, hint, pepper, createdAt, lineId, madeBy, replaces: old.id };
    const unused = { lastUsedAt: null, lastAddress: null, lastUserAgent: null, replacedBy: null, newestId: null };
    const retires = wish.retireOnFirstUse ? old.id : null;
    return { key, apiKey: { ...old, ...identity, ...unused, retires, expiresAt: newest.expiresAt } };
  }
}

/** @returns whether there is a replacement that was never used and has to go for a new one */
function requireRotatable({ key: old, newest }: HeldLine, nowMillis: number): boolean {
  if (old.disabledAt !== null) throw new ApiError(KEY_DISABLED);
  if (!isUsable(old, nowMillis) || hasExpired(newest, nowMillis)) throw new ApiError(KEY_EXPIRED);
  if (newest.id === old.id || newest.deletedAt !== null) return false;
  if (newest.retires !== old.id) throw new ApiError(KEY_ALREADY_ROTATED, { body: { apiKeyId: newest.id } });
  return true;
}

function hasExpired({ expiresAt }: ApiKey, nowMillis: number): boolean {
  return expiresAt !== null && expiresAt <= nowMillis;
}
