import type { CurrentApiKey } from '../../auth/current-key.decorator';
import type { Action, Actor, AuditEvent } from '../../common/audit-event';
import type { AlertRule } from '../evaluation/alert-rule.entity';

/** The host of a webhook URL. The path is not logged, because it is often a secret. */
export function hostOf(url: string | null): string | null {
  return url === null ? null : new URL(url).host;
}

/** The audit event of a change of an alert rule. */
export function eventOf(
  by: Actor,
  action: Action,
  { organizationId }: CurrentApiKey,
  { id, name, bucketId }: AlertRule,
  details?: Readonly<Record<string, unknown>>,
): AuditEvent {
  const target = { type: 'alert rule', id, name } as const;
  return { by, action, organizationId, bucketId, target, ...(details && { details }) };
}
