import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isAddressIn } from '../common/addresses';
import { ApiError, type Refusal } from '../common/errors';
import type { Actor } from '../common/audit-event';
import { ApiKey } from './api-key.entity';
import { KeyHasher } from './key-hasher';
import { isUsable, keptIn } from './key-rows';

/** How well a key lets its caller manage the organization: not, for now, or without end and under the present pepper. */
type Hold = 0 | 1 | 2;

/** Sees to it that somebody can manage each organization. */
@Injectable()
export class LastAdminKey {
  constructor(private readonly hasher: KeyHasher) {}

  /**
   * Refuses what would leave the caller with a worse Admin key than the best one now: with none that opens, or with none
   * that opens without end and under the present pepper where there is one. Call it before anything is changed.
   *
   * @param after the rows that will be changed or added, as they will be; one that is deleted has its `deletedAt`
   * @throws ApiError with what is `said`
   */
  async require(manager: EntityManager, by: Actor, after: readonly ApiKey[], said: Refusal): Promise<void> {
    const [one] = after;
    if (one?.type !== 'admin') return;
    const before = await manager.findBy(ApiKey, keptIn({ organizationId: one.organizationId, bucketId: null }));
    const changed = new Map(after.map((key) => [key.id, key]));
    const unchanged = before.filter(({ id }) => !changed.has(id));
    const address = by.kind === 'api key' ? by.address : undefined;
    const best = (keys: readonly ApiKey[]) => Math.max(0, ...keys.map((key) => this.holdOf(key, address)));
    if (best([...unchanged, ...after]) >= best(before)) return;
    throw new ApiError(said);
  }

  /** @param address where the caller is; undefined for the operator, who can make Admin keys anyway */
  private holdOf(key: ApiKey, address: string | undefined): Hold {
    const { acceptedNames } = this.hasher;
    if (!isUsable(key, Date.now()) || !acceptedNames.includes(key.pepper)) return 0;
    if (address !== undefined && key.allowedIps !== null && !isAddressIn(address, key.allowedIps)) return 0;
    return key.expiresAt === null && key.quotaLimit === null && key.pepper === acceptedNames[0] ? 2 : 1;
  }
}
