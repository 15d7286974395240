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
import { deleteKeys, scopeOf, targetOf } from './key-audit-event';
import { LineLocks } from './line-locks';
import { planReplacement, repeatedLines } from './key-replacement';
import { isUsable } from './key-rows';
import { replacementOf } from './replacement-key';
import { markReplaced } from './key-table';
import { KeyService, type CreatedKey } from './key.service';
import { LastAdminKey } from './last-admin-key';
import type { KeyScope } from './new-key';

/** How often the keys of a rotation line can rotate themselves within 24 hours. */
export const SELF_ROTATIONS_PER_DAY = 1000;

/** What happens to the old key. */
export interface RotationOptions {
  /** How long it stays valid. */
  readonly gracePeriodSeconds: number;
  /** Whether it is retired when the new key is first used, if that is sooner. */
  readonly retireOnFirstUse: boolean;
}

/** The options of a bulk rotation, and its request. */
export interface BulkRotationOptions {
  readonly options: RotationOptions;
  readonly retry: Retry | undefined;
}

/** A new key and the key that it replaces. */
export interface Rotated extends CreatedKey {
  readonly old: { readonly id: string; readonly expiresAt: number };
}

/** A rotation in progress, in its transaction. */
interface Rotation {
  readonly manager: EntityManager;
  readonly audit: AuditRecorder;
  readonly by: Actor;
  readonly options: RotationOptions;
  readonly madeBy: 'admin' | 'self';
}

/** Replaces keys by new ones with the same rights. At every moment at least one of the two is valid. */
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
   * Creates the replacement of a key, which expires at the end of its grace period.
   *
   * A line has one newest key. If it was created with `retireOnFirstUse` and never used, it is deleted for the new key, so that
   * a device that never got the reply can send its request again. Any other existing replacement is a 409 with its id.
   *
   * @throws ApiError `KEY_ALREADY_ROTATED`, `KEY_EXPIRED`, `KEY_DISABLED`, `LINE_FULL`, or `TOO_MANY_KEYS`
   */
  rotate(by: Actor, scope: KeyScope, id: string, options: RotationOptions, retry?: Retry): Promise<Rotated> {
    return this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
      return this.replaceOne({ manager, audit, by, options, madeBy: 'admin' }, line, retry);
    });
  }

  /**
   * Rotates several keys: all of them or none. The replacements are returned in the order of the keys.
   *
   * @throws ApiError as `rotate`, with the place of the key in the request
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
   * Rotates the key of the request itself. Every rotation adds a row that is kept, hence the limit of 1,000 a day for each line
   * and instance.
   *
   * @throws ApiError as `rotate`; 401 if the key is no longer valid, 429 above the limit, and `NO_SELF_ROTATION`
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
      // A key that is not valid gets the same 401 from every route, whether it or its bucket was deleted.
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

    await deleteKeys(
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
