/** Who caused an event: an API key, the operator at the command line, or the server itself. */
export type Actor =
  | {
      readonly kind: 'api key';
      readonly id: string;
      readonly name: string;
      readonly address: string;
      readonly requestId: string;
      /** The session key that was used instead of the key itself. */
      readonly sessionId?: string;
    }
  | { readonly kind: 'command line'; readonly user: string }
  | { readonly kind: 'server' };

export const ACTIONS = [
  'organization.created',
  'bucket.created',
  'bucket.updated',
  'bucket.deleted',
  'dataSource.created',
  'dataSource.updated',
  'dataSource.deleted',
  'data.deleted',
  'data.imported',
  'data.secondsFixed',
  'rollups.rebuilt',
  'alertRule.created',
  'alertRule.updated',
  'alertRule.deleted',
  'alertRule.secretRotated',
  'alertRule.deliveryReplayed',
  'apiKey.created',
  'apiKey.updated',
  'apiKey.rotated',
  'apiKey.retired',
  'apiKey.deleted',
  'session.codeCreated',
  'session.opened',
  'session.ended',
  'access.refused',
  'keys.checked',
  'audit.verified',
  'audit.restarted',
  'audit.restored',
  'audit.headMismatch',
  'audit.anchorMismatch',
  'audit.cut',
  'audit.secretChanged',
] as const;
export type Action = (typeof ACTIONS)[number];

export const TARGET_TYPES = [
  'organization',
  'bucket',
  'data source',
  'alert rule',
  'api key',
  'route',
  'audit log',
  'rollups',
] as const;

/** What an event changed. */
export interface Target {
  readonly type: (typeof TARGET_TYPES)[number];
  readonly id?: string;
  readonly name?: string;
}

/** An event of the audit log. It never contains a secret, or anything that a secret could be derived from. */
export interface AuditEvent {
  readonly by: Actor;
  readonly action: Action;
  /** The organization whose log shows it; null for an event of the whole server. */
  readonly organizationId: string | null;
  readonly bucketId?: string | null;
  readonly target: Target;
  /** Further details, as flat JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Records an event in the transaction of the change that it describes: both are committed, or neither. */
export type AuditRecorder = (event: AuditEvent) => void;
