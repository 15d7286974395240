import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { Actor } from '../common/audit-event';
import { ApiKey } from './api-key.entity';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { KEY_RETIRED, LAST_ADMIN_KEY, LAST_ADMIN_KEY_RESTRICTED } from './api-keys.errors';
import { livingDescendants, livingDescendantsOf } from './descendants';
import { changed, type KeyChanges } from './key-changes';
import { KeyCounts } from './key-counts';
import { endKeys, scopeOf, targetOf, type KeyWork } from './key-audit-event';
import type { KeyChoice } from './key-choice';
import { LineLocks, requireRoomInLine, type LinesWork } from './line-locks';
import { isLiving } from './key-rows';
import { LastAdminKey } from './last-admin-key';
import { isNarrowed } from './narrowing';
import type { KeyScope } from './new-key';

/** What became of a key, and the living keys that it was rotated into. */
export interface LineChange {
  readonly apiKey: ApiKey;
  /** Those that the same was done to; or, where it was done to the key alone, those that still may what it may not. */
  readonly descendants: readonly ApiKey[];
}

/** What became of several keys, and the living keys beside them that they were rotated into. */
export interface LinesChange extends Pick<LineChange, 'descendants'> {
  readonly apiKeys: readonly ApiKey[];
}

/** How keys are ended, and for which request. */
export interface Removal {
  /** Whether their living descendants are ended too. */
  readonly wholeLine?: boolean | undefined;
  readonly retry?: Retry | undefined;
}

/** Changes and ends keys, alone or with all that they were rotated into. */
@Injectable()
export class LineChanges {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'livingKeysPerLine'>,
    private readonly locks: LineLocks,
    private readonly counts: KeyCounts,
    private readonly lastAdminKey: LastAdminKey,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Changes what is given. A key that is disabled is refused from the moment this resolves.
   *
   * @param wholeLine whether the living descendants are changed in the same way
   * @throws ApiError `KEY_NOT_FOUND`; `KEY_RETIRED`; the last Admin key's; and where a key lives again, those of the bounds
   */
  update(by: Actor, scope: KeyScope, id: string, changes: KeyChanges, wholeLine = false): Promise<LineChange> {
    return this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
      const { key } = line;
      const opens = changes.enabled === true || changes.expiresAt !== undefined;
      if (key.retiredAt !== null && opens) throw new ApiError(KEY_RETIRED);
      const now = Date.now();
      const own = changed(key, changes, now);
      const after = own?.after ?? key;
      const descendants = wholeLine || isNarrowed(key, after) ? await livingDescendants(manager, line) : [];
      const others = wholeLine ? descendants.map((one) => changed(one, sooner(one, changes), now)) : [];
      const all = [own, ...others].filter((change) => change !== undefined);
      await this.lastAdminKey.require(
        manager,
        by,
        all.map((change) => change.after),
        changes.enabled === false ? LAST_ADMIN_KEY : LAST_ADMIN_KEY_RESTRICTED,
      );
      const livesAgain = !isLiving(key, now) && isLiving(after, now);
      if (livesAgain) requireRoomInLine(line.living, line.living.length + 1, this.config.livingKeysPerLine);
      for (const { before, after, columns, details } of all) {
        await manager.update(ApiKey, { id: after.id }, columns);
        audit({ by, action: 'apiKey.updated', ...scopeOf(before), target: targetOf(before), details });
      }
      if (livesAgain) await this.counts.add(manager, scope, 1);
      const byId = new Map(all.map((change) => [change.after.id, change.after]));
      return { apiKey: after, descendants: descendants.map((one) => byId.get(one.id) ?? one) };
    });
  }

  /**
   * Ends a key: it is refused from the moment this resolves.
   *
   * @param wholeLine whether the living descendants are ended too
   * @throws ApiError `KEY_NOT_FOUND`, or `LAST_ADMIN_KEY` where no Admin key of the organization would be accepted
   */
  remove(by: Actor, scope: KeyScope, id: string, wholeLine = false): Promise<LineChange> {
    return this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
      const descendants = await livingDescendants(manager, line);
      await this.end({ manager, audit, by }, scope, [line.key, ...(wholeLine ? descendants : [])]);
      return { apiKey: line.key, descendants };
    });
  }

  /**
   * Ends several keys: all of them or none.
   *
   * @throws ApiError `KEY_NOT_FOUND`, or `LAST_ADMIN_KEY` where no Admin key of the organization would be accepted
   */
  removeMany(
    by: Actor,
    scope: KeyScope,
    choice: KeyChoice,
    { wholeLine = false, retry }: Removal,
  ): Promise<LinesChange> {
    const record = (manager: EntityManager, ids: readonly string[]) =>
      this.idempotency.record(manager, scope.organizationId, retry, ids);
    const work: LinesWork<LinesChange> = async (manager, audit, lines) => {
      const apiKeys = lines.map(({ key }) => key);
      if (!('ids' in choice))
        await record(
          manager,
          apiKeys.map(({ id }) => id),
        );
      const descendants = await livingDescendantsOf(manager, lines);
      await this.end({ manager, audit, by }, scope, [...apiKeys, ...(wholeLine ? descendants : [])]);
      return { apiKeys, descendants };
    };
    // Before the keys are looked for: of a retry they are deleted already.
    const before = (manager: EntityManager) =>
      'ids' in choice ? record(manager, [...new Set(choice.ids)]) : Promise.resolve();
    return this.locks.withLockedKeys(scope, choice, work, before);
  }

  /**
   * Ends all living keys of the line that a key is in, and the key itself, which may be deleted.
   *
   * @returns the keys that were ended
   * @throws ApiError `LAST_ADMIN_KEY` where no Admin key of the organization would be accepted
   */
  removeLine(by: Actor, scope: KeyScope, id: string): Promise<readonly ApiKey[]> {
    return this.locks.withLockedKeyInAnyState(scope, id, async (manager, audit, { key, living }) => {
      const own = key.deletedAt === null && !living.some((one) => one.id === id) ? [key] : [];
      const keys = [...own, ...living];
      await this.end({ manager, audit, by }, scope, keys);
      return keys;
    });
  }

  private async end(work: KeyWork, scope: KeyScope, keys: readonly ApiKey[]): Promise<void> {
    const now = Date.now();
    const ended = keys.map((key) => ({ ...key, deletedAt: now }));
    await this.lastAdminKey.require(work.manager, work.by, ended, LAST_ADMIN_KEY);
    await endKeys(work, keys);
    await this.counts.subtract(work.manager, scope, keys.filter((key) => isLiving(key, now)).length);
  }
}

/** What is asked for, but a key that was replaced keeps the end of its grace period where that is sooner. */
function sooner({ replacedBy, expiresAt }: ApiKey, changes: KeyChanges): KeyChanges {
  if (changes.expiresAt === undefined || replacedBy === null || expiresAt === null) return changes;
  return { ...changes, expiresAt: Math.min(expiresAt, changes.expiresAt ?? Infinity) };
}
