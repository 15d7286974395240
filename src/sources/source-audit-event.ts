import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { Action, Actor, AuditEvent } from '../common/audit-event';
import type { Source } from './source.entity';

/** The audit event of an action on a data source. */
export function eventOf(
  by: Actor,
  action: Action,
  { organizationId }: Pick<CurrentApiKey, 'organizationId'>,
  { id, name, bucketId }: Source,
  details?: object,
): AuditEvent {
  const target = { type: 'data source', id, name } as const;
  return { by, action, organizationId, bucketId, target, ...(details && { details: { ...details } }) };
}
