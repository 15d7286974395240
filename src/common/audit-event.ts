/** Who did something: a key, the operator at the command line, or the server by itself. */
export type Actor =
  | {
      readonly kind: 'api key';
      readonly id: string;
      readonly name: string;
      readonly address: string;
      readonly requestId: string;
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

/** What something was done to. */
export interface Target {
  readonly type: (typeof TARGET_TYPES)[number];
  readonly id?: string;
  readonly name?: string;
}

/** One thing that was done, for the audit log. Never a secret, nor anything that a secret could be made from. */
export interface JournalEvent {
  readonly by: Actor;
  readonly action: Action;
  /** Whose log it belongs in; null for what concerns the whole server. */
  readonly organizationId: string | null;
  readonly bucketId?: string | null;
  readonly target: Target;
  /** What else there is to tell, as flat JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Notes an event down beside the change that it tells of: both are stored, or neither. */
export type Journal = (event: JournalEvent) => void;
