import type { EntityManager } from 'typeorm';
import type { Actor, Journal } from '../common/journal';
import { ApiKey } from './api-key.entity';
import { boundsOf } from './key-changes';
import type { KeyScope } from './new-key';

export function scopeOf({ organizationId, bucketId }: ApiKey): KeyScope {
  return { organizationId, bucketId };
}

/** A key as the audit log names it. */
export function targetOf({ id, name }: ApiKey) {
  return { type: 'api key', id, name } as const;
}

export function noteCreated(journal: Journal, by: Actor, apiKey: ApiKey): void {
  const { metadata, ...bounds } = boundsOf(apiKey);
  const details = { type: apiKey.type, ...bounds, ...(metadata && { metadata: Object.keys(metadata) }) };
  journal({ by, action: 'apiKey.created', ...scopeOf(apiKey), target: targetOf(apiKey), details });
}

/** Marks a key as deleted, and keeps its hash. */
export async function endKey(manager: EntityManager, journal: Journal, by: Actor, apiKey: ApiKey): Promise<void> {
  await manager.update(ApiKey, { id: apiKey.id }, { deletedAt: Date.now() });
  const { type } = apiKey;
  journal({ by, action: 'apiKey.deleted', ...scopeOf(apiKey), target: targetOf(apiKey), details: { type } });
}
