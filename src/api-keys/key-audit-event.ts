import type { EntityManager } from 'typeorm';
import type { Actor, AuditRecorder } from '../common/audit-event';
import type { ApiKey } from './api-key.entity';
import { boundsOf } from './key-changes';
import { markDeleted } from './key-table';
import type { KeyScope } from './new-key';

export function scopeOf({ organizationId, bucketId }: ApiKey): KeyScope {
  return { organizationId, bucketId };
}

/** A key as the target of an audit event. */
export function targetOf({ id, name }: ApiKey) {
  return { type: 'api key', id, name } as const;
}

export function recordCreated(audit: AuditRecorder, by: Actor, apiKey: ApiKey): void {
  const { metadata, ...bounds } = boundsOf(apiKey);
  const details = { type: apiKey.type, ...bounds, ...(metadata && { metadata: Object.keys(metadata) }) };
  audit({ by, action: 'apiKey.created', ...scopeOf(apiKey), target: targetOf(apiKey), details });
}

/** A transaction that changes keys, and who caused it. */
export interface KeyWork {
  readonly manager: EntityManager;
  readonly audit: AuditRecorder;
  readonly by: Actor;
}

/** Marks keys and their session keys as deleted and keeps their hashes. */
export async function deleteKeys({ manager, audit, by }: KeyWork, keys: readonly ApiKey[]): Promise<void> {
  const ids = keys.map(({ id }) => id);
  await markDeleted(manager, ids, Date.now());
  for (const key of keys) {
    const { type, sessionOf } = key;
    const what = { ...scopeOf(key), target: targetOf(key) };
    if (sessionOf === null) audit({ by, action: 'apiKey.deleted', ...what, details: { type } });
    else audit({ by, action: 'session.ended', ...what, details: { type, sessionOf } });
  }
}
