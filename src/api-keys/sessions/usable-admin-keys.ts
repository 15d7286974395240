import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiKey } from '../api-key.entity';
import { KeyHasher } from '../key-hasher';
import { isUsable, keptIn } from '../key-rows';

/** Chooses Admin keys for the operator. */
@Injectable()
export class UsableAdminKeys {
  constructor(private readonly hasher: KeyHasher) {}

  /**
   * The Admin key of an organization that can be used by most clients and for the longest time: without allowed addresses, without
   * an expiry and without a quota, if there is one. The oldest of several.
   */
  async best(manager: EntityManager, organizationId: string): Promise<ApiKey | undefined> {
    const { acceptedNames } = this.hasher;
    const now = Date.now();
    const keys = await manager.find(ApiKey, {
      where: keptIn({ organizationId, bucketId: null }),
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    const usable = keys.filter((key) => isUsable(key, now) && acceptedNames.includes(key.pepper));
    return usable.sort((one, other) => restrictionsOf(one) - restrictionsOf(other))[0];
  }
}

/** How restricted a key is: an address rule weighs more than an expiry, which weighs more than a quota. */
function restrictionsOf({ allowedIps, expiresAt, quotaLimit }: ApiKey): number {
  return (allowedIps === null ? 0 : 4) + (expiresAt === null ? 0 : 2) + (quotaLimit === null ? 0 : 1);
}
