import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../common/errors';
import type { Actor } from '../common/journal';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { ApiKey } from './api-key.entity';
import { KEY_ALREADY_ROTATED, KEY_DISABLED, KEY_EXPIRED } from './api-keys.errors';
import { insertKeys, isUsable } from './key-rows';
import { endKey, KeyService, scopeOf, targetOf, type CreatedKey, type KeyWork } from './key.service';
import type { KeyScope } from './new-key';
import { isoTime } from '../common/times';

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

/** Replaces keys by new ones with the same rights, without a moment in which neither opens. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly keys: KeyService,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Makes a key in the place of another, which dies at the end of its grace period.
   *
   * A key has one replacement at a time. One that was to retire the old key by its first use and was never used is deleted
   * for a new one, so that a device which never got its answer may ask again. Of any other that lives: 409, with its id.
   *
   * @throws ApiError `KEY_ALREADY_ROTATED`, `KEY_EXPIRED` or `KEY_DISABLED`
   */
  rotate(by: Actor, scope: KeyScope, id: string, wish: RotationWish, retry?: Retry): Promise<Rotated> {
    const work: KeyWork<Rotated> = async (manager, journal, old) => {
      const now = Date.now();
      const last = await lastOfLine(manager, old);
      const created = this.replacementOf(old, last, wish);
      await this.idempotency.record(manager, scope.organizationId, retry, [created.apiKey.id]);
      if (old.disabledAt !== null) throw new ApiError(KEY_DISABLED);
      if (!isUsable(old, now) || hasExpired(last, now)) throw new ApiError(KEY_EXPIRED);
      if (last.id !== old.id && last.deletedAt === null) {
        if (last.retires !== old.id) throw new ApiError(KEY_ALREADY_ROTATED, { body: { apiKeyId: last.id } });
        await endKey(manager, journal, by, last);
      }
      await insertKeys(manager, [created.apiKey]);
      const expiresAt = Math.min(now + wish.gracePeriodSeconds * 1000, old.expiresAt ?? Infinity);
      const replacedBy = created.apiKey.id;
      await manager.update(ApiKey, { id }, { expiresAt, replacedBy });
      await manager.update(ApiKey, { id: old.lineId }, { newestId: replacedBy });
      const details = { replacedBy, expiresAt: isoTime(expiresAt), ...wish };
      journal({ by, action: 'apiKey.rotated', ...scopeOf(old), target: targetOf(old), details });
      return { ...created, old: { id, expiresAt } };
    };
    return this.keys.inTurn(scope, id, work);
  }

  /** The same rights, and as long a life as the key would have had that stands last in the line of replacements. */
  private replacementOf(old: ApiKey, last: ApiKey, { retireOnFirstUse }: RotationWish): CreatedKey {
    const { apiKey, key } = this.keys.make(scopeOf(old), { name: old.name, type: old.type });
    const { allowedIps, dataSourceId, writeOnly, rateLimit, rateWindowSeconds, quotaLimit, quotaPer, metadata } = old;
    return {
      key,
      apiKey: {
        ...apiKey,
        ...{ allowedIps, dataSourceId, writeOnly, rateLimit, rateWindowSeconds, quotaLimit, quotaPer, metadata },
        expiresAt: last.expiresAt,
        replaces: old.id,
        lineId: old.lineId,
        retires: retireOnFirstUse ? old.id : null,
      },
    };
  }
}

async function lastOfLine(manager: EntityManager, apiKey: ApiKey): Promise<ApiKey> {
  let last: ApiKey | null = apiKey;
  while (last.replacedBy !== null) last = await manager.findOneByOrFail(ApiKey, { id: last.replacedBy });
  return last;
}

function hasExpired({ expiresAt }: ApiKey, nowMillis: number): boolean {
  return expiresAt !== null && expiresAt <= nowMillis;
}
