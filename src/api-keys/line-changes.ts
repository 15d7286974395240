import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { Actor } from '../common/audit-event';
import { ApiKey } from './api-key.entity';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { KEY_RETIRED, LAST_ADMIN_KEY, LAST_ADMIN_KEY_RESTRICTED, SESSION_NOT_CHANGED } from './api-keys.errors';
import { livingDescendants, livingDescendantsOf } from './descendants';
import { changed, type KeyChanges } from './key-changes';
import { KeyCounts } from './key-counts';
import { deleteKeys, scopeOf, targetOf, type KeyWork } from './key-audit-event';
import type { KeyChoice } from './key-choice';
import { LineLocks, requireRoomInLine, type LinesWork } from './line-locks';
import { isLiving } from './key-rows';
import { LastAdminKey } from './last-admin-key';
import { isNarrowed } from './narrowing';
import type { KeyScope } from './new-key';

/** A changed key, and the active keys that it was rotated into. */
export interface LineChange {
  readonly apiKey: ApiKey;
  /** Those that were changed too or, if only the key was changed, those that still have the rights that it lost. */
  readonly descendants: readonly ApiKey[];
}

/** Several changed keys, and the other active keys that they were rotated into. */
export interface LinesChange extends Pick<LineChange, 'descendants'> {
  readonly apiKeys: readonly ApiKey[];
}

/** How keys are deleted, and for which request. */
export interface Removal {
  /** Whether their active descendants are deleted too. */
  readonly wholeLine?: boolean | undefined;
  readonly retry?: Retry | undefined;
}

/** Changes and deletes keys, alone or with all keys that they were rotated into. */
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
   * Changes a key. A disabled key is rejected once this resolves.
   *
   * @param wholeLine whether the active descendants are changed in the same way
   * @throws ApiError `KEY_NOT_FOUND`; `SESSION_NOT_CHANGED`; `KEY_RETIRED`; `LAST_ADMIN_KEY`; and the limits, if the key becomes valid again
   */
  update(by: Actor, scope: KeyScope, id: string, changes: KeyChanges, wholeLine = false): Promise<LineChange> {
    return this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
      const { key } = line;
      if (key.sessionOf !== null) throw new ApiError(SESSION_NOT_CHANGED);
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
      const becomesValid = !isLiving(key, now) && isLiving(after, now);
      if (becomesValid) requireRoomInLine(line.living, line.living.length + 1, this.config.livingKeysPerLine);
      for (const { before, after, columns, details } of all) {
        await manager.update(ApiKey, { id: after.id }, columns);
        audit({ by, action: 'apiKey.updated', ...scopeOf(before), target: targetOf(before), details });
      }
      if (becomesValid) await this.counts.add(manager, scope, 1);
      const byId = new Map(all.map((change) => [change.after.id, change.after]));
      return { apiKey: after, descendants: descendants.map((one) => byId.get(one.id) ?? one) };
    });
  }

  /**
   * Deletes a key. It is rejected once this resolves.
   *
   * @param wholeLine whether the active descendants are deleted too
   * @throws ApiError `KEY_NOT_FOUND`; `LAST_ADMIN_KEY` if no Admin key of the organization would be accepted
   */
  remove(by: Actor, scope: KeyScope, id: string, wholeLine = false): Promise<LineChange> {
    return this.locks.withLockedKey(scope, id, async (manager, audit, line) => {
      const descendants = await livingDescendants(manager, line);
      await this.delete({ manager, audit, by }, scope, [line.key, ...(wholeLine ? descendants : [])]);
      return { apiKey: line.key, descendants };
    });
  }

  /**
   * Deletes several keys: all of them or none.
   *
   * @throws ApiError `KEY_NOT_FOUND`; `LAST_ADMIN_KEY` if no Admin key of the organization would be accepted
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
      await this.delete({ manager, audit, by }, scope, [...apiKeys, ...(wholeLine ? descendants : [])]);
      return { apiKeys, descendants };
    };
    // Before the keys are looked up: for a retry they are already deleted.
    const before = (manager: EntityManager) =>
      'ids' in choice ? record(manager, [...new Set(choice.ids)]) : Promise.resolve();
    return this.locks.withLockedKeys(scope, choice, work, before);
  }

  /**
   * Deletes all valid keys of a key's rotation line, and the key itself unless it is already deleted.
   *
   * @returns the keys that were deleted
   * @throws ApiError `LAST_ADMIN_KEY` if no Admin key of the organization would be accepted
   */
  removeLine(by: Actor, scope: KeyScope, id: string): Promise<readonly ApiKey[]> {
    return this.locks.withLockedKeyInAnyState(scope, id, async (manager, audit, { key, living }) => {
      const own = key.deletedAt === null && !living.some((one) => one.id === id) ? [key] : [];
      const keys = [...own, ...living];
      await this.delete({ manager, audit, by }, scope, keys);
      return keys;
    });
  }

  private async delete(work: KeyWork, scope: KeyScope, keys: readonly ApiKey[]): Promise<void> {
    const now = Date.now();
    const deleted = keys.map((key) => ({ ...key, deletedAt: now }));
    await this.lastAdminKey.require(work.manager, work.by, deleted, LAST_ADMIN_KEY);
    await deleteKeys(work, keys);
    const counted = keys.filter((key) => key.sessionOf === null && isLiving(key, now));
    await this.counts.subtract(work.manager, scope, counted.length);
  }
}

/** The changes for a descendant: a rotated key keeps the end of its grace period if that is sooner. */
function sooner({ replacedBy, expiresAt }: ApiKey, changes: KeyChanges): KeyChanges {
  if (changes.expiresAt === undefined || replacedBy === null || expiresAt === null) return changes;
  return { ...changes, expiresAt: Math.min(expiresAt, changes.expiresAt ?? Infinity) };
}
