import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isAddressIn } from '../common/addresses';
import { ApiError, type Refusal } from '../common/errors';
import type { Actor } from '../common/audit-event';
import { ApiKey } from './api-key.entity';
import { KeyHasher } from './key-hasher';
import { isUsable, keptIn } from './key-rows';

/** How far a caller can use an Admin key: 0 not at all, 1 for now, 2 without expiry and with the current pepper. */
type Access = 0 | 1 | 2;

/** Makes sure that every organization keeps an Admin key that can be used. */
@Injectable()
export class LastAdminKey {
  constructor(private readonly hasher: KeyHasher) {}

  /**
   * Refuses a change after which the best Admin key is worse for the caller than before it: none that can be used, or only keys
   * that expire or have the previous pepper. Call it before the change is written.
   *
   * @param after the rows that are changed or added, as they will be; a deleted row has its `deletedAt`
   * @throws ApiError with the given refusal
   */
  async require(manager: EntityManager, by: Actor, after: readonly ApiKey[], refusal: Refusal): Promise<void> {
    const [one] = after;
    if (one?.type !== 'admin') return;
    const before = await manager.findBy(ApiKey, keptIn({ organizationId: one.organizationId, bucketId: null }));
    // Without the key that it was opened with, a session key is worth nothing.
    const keys = after.filter(({ sessionOf }) => sessionOf === null);
    const changed = new Map(keys.map((key) => [key.id, key]));
    const unchanged = before.filter(({ id }) => !changed.has(id));
    const address = by.kind === 'api key' ? by.address : undefined;
    const best = (of: readonly ApiKey[]) => Math.max(0, ...of.map((key) => this.accessOf(key, address)));
    if (best([...unchanged, ...keys]) >= best(before)) return;
    throw new ApiError(refusal);
  }

  /** @param address of the caller; undefined for the operator, who can create Admin keys at any time */
  private accessOf(key: ApiKey, address: string | undefined): Access {
    const { acceptedNames } = this.hasher;
    if (!isUsable(key, Date.now()) || !acceptedNames.includes(key.pepper)) return 0;
    if (address !== undefined && key.allowedIps !== null && !isAddressIn(address, key.allowedIps)) return 0;
    return key.expiresAt === null && key.quotaLimit === null && key.pepper === acceptedNames[0] ? 2 : 1;
  }
}
