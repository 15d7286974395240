import type { CurrentApiKey } from '../../auth/current-key.decorator';
import type { Action, Actor, AuditEvent } from '../../common/audit-event';
import type { AlertRule } from '../evaluation/alert-rule.entity';

/** The path of a webhook's URL is often what guards it. */
export function hostOf(url: string | null): string | null {
  return url === null ? null : new URL(url).host;
}

/** What the audit log says of a change of an alert rule. */
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
