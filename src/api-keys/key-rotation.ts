import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { tooMany } from '../auth/admission';
import { CHALLENGE, NO_SELF_ROTATION, UNAUTHORIZED } from '../auth/access.errors';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { isoTime } from '../common/times';
import { RateLimiter } from '../auth/rate-limits/rate-limiter';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { bulkInsert } from '../database/bulk-insert';
import { ApiKey } from './api-key.entity';
import { KEY_NOT_FOUND, LAST_ADMIN_KEY_RESTRICTED } from './api-keys.errors';
import type { LockedLine } from './locked-lines';
import { atPlace, type KeyChoice } from './key-choice';
import { KeyCounts } from './key-counts';
import { endKeys, scopeOf, targetOf } from './key-audit-event';
import { LineLocks } from './line-locks';
import { planReplacement, repeatedLines } from './key-replacement';
import { isUsable } from './key-rows';
import { replacementOf } from './replacement-key';
import { markReplaced } from './key-table';
import { KeyService, type CreatedKey } from './key.service';
import { LastAdminKey } from './last-admin-key';
import type { KeyScope } from './new-key';

/** How often the keys of a line may rotate themselves within 24 hours. */
export const SELF_ROTATIONS_PER_DAY = 1000;

/** How the old key goes. */
export interface RotationOptions {
  /** How long it lives on. */
  readonly gracePeriodSeconds: number;
  /** Whether it dies as soon as the new one is used, if that is sooner. */
  readonly retireOnFirstUse: boolean;
}

/** How many old keys go, and which request asked for it. */
export interface BulkRotationOptions {
  readonly options: RotationOptions;
  readonly retry: Retry | undefined;
}

/** A key's replacement, and the key that it replaces. */
export interface Rotated extends CreatedKey {
  readonly old: { readonly id: string; readonly expiresAt: number };
}

/** A rotation that is under way, in its transaction. */
interface Rotation {
  readonly manager: EntityManager;
  readonly audit: AuditRecorder;
  readonly by: Actor;
  readonly options: RotationOptions;
  readonly madeBy: 'admin' | 'self';
}

/** Replaces keys by new ones with the same rights, without a moment in which neither opens. */
@Injectable()
export class KeyRotation {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'livingKeysPerLine'>,
    private readonly keys: KeyService,
    private readonly locks: LineLocks,
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
  rotate(by: Actor, scope: KeyScope, id: string, options: RotationOptions, retry?: Retry): Promise<Rotated> {
    return this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
      return this.replaceOne({ manager, audit, by, options, madeBy: 'admin' }, line, retry);
    });
  }

  /**
   * The same for several keys: all of them or none. Their replacements come in the order of the keys.
   *
   * @throws ApiError as `rotate`, with the place of the key that it is about
   */
  rotateMany(
    by: Actor,
    scope: KeyScope,
    choice: KeyChoice,
    { options, retry }: BulkRotationOptions,
  ): Promise<Rotated[]> {
    return this.locks.withLockedKeys(scope, choice, (manager, audit, lines) => {
      return this.replace({ manager, audit, by, options, madeBy: 'admin' }, scope, { lines, retry, choice });
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
    options: RotationOptions,
    retry?: Retry,
  ): Promise<Rotated> {
    const { admitted, retryInMillis } = await this.limiter.take(`rotations of ${lineId}`, {
      limit: SELF_ROTATIONS_PER_DAY,
      windowSeconds: 86_400,
    });
    if (!admitted) throw tooMany(retryInMillis, Date.now());
    try {
      return await this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
        if (!isUsable(line.key, Date.now())) throw new ApiError(KEY_NOT_FOUND);
        if (line.key.noSelfRotation !== null) throw new ApiError(NO_SELF_ROTATION);
        return this.replaceOne({ manager, audit, by, options, madeBy: 'self' }, line, retry);
      });
    } catch (cause) {
      // The reply does not say that the key or its bucket is gone: a key that does not open gets the same 401 everywhere.
      const isGone = cause instanceof ApiError && cause.getStatus() === KEY_NOT_FOUND.status;
      throw isGone ? new ApiError(UNAUTHORIZED, { headers: CHALLENGE }) : cause;
    }
  }

  private async replaceOne(rotation: Rotation, line: LockedLine, retry: Retry | undefined): Promise<Rotated> {
    const [rotated] = await this.replace(rotation, scopeOf(line.key), { lines: [line], retry });
    return rotated as Rotated;
  }

  private async replace(
    rotation: Rotation,
    scope: KeyScope,
    {
      lines,
      retry,
      choice,
    }: { readonly lines: readonly LockedLine[]; readonly retry: Retry | undefined } & { readonly choice?: KeyChoice },
  ): Promise<Rotated[]> {
    const { manager, audit, by, options } = rotation;
    const made = lines.map((line) => this.replacementFor(line, rotation));
    await this.idempotency.record(
      manager,
      scope.organizationId,
      retry,
      made.map(({ apiKey }) => apiKey.id),
    );
    const bounds = {
      options,
      nowMillis: Date.now(),
      most: this.config.livingKeysPerLine,
      repeated: repeatedLines(lines),
    };
    const steps = lines.map((line, index) => {
      const created = made[index] as CreatedKey;
      return atPlace(choice, line.key.id, () => ({ created, ...planReplacement(line, created.apiKey.id, bounds) }));
    });
    const after = steps.flatMap(({ old, ended, created }) => [old, ...ended, created.apiKey]);
    await this.lastAdminKey.require(manager, by, after, LAST_ADMIN_KEY_RESTRICTED);

    await endKeys(
      { manager, audit, by },
      steps.flatMap(({ ended }) => ended),
    );
    await bulkInsert(
      manager,
      ApiKey,
      steps.map(({ created }) => created.apiKey),
    );
    await markReplaced(
      manager,
      steps.map(({ replaced }) => replaced),
    );
    const added = steps.reduce((sum, step) => sum + step.added, 0);
    if (added > 0) await this.counts.add(manager, scope, added);
    else await this.counts.subtract(manager, scope, -added);
    for (const { old, replaced } of steps) {
      const { replacedBy, expiresAt } = replaced;
      const details = { replacedBy, expiresAt: isoTime(expiresAt), ...options };
      audit({ by, action: 'apiKey.rotated', ...scope, target: targetOf(old), details });
    }
    return steps.map(({ created, replaced: { id, expiresAt } }) => ({ ...created, old: { id, expiresAt } }));
  }

  private replacementFor(line: LockedLine, { options, madeBy }: Rotation): CreatedKey {
    const { name, type } = line.key;
    const fresh = this.keys.make(scopeOf(line.key), { name, type });
    const { retireOnFirstUse } = options;
    return { key: fresh.key, apiKey: replacementOf(line, fresh.apiKey, { retireOnFirstUse, madeBy }) };
  }
}
