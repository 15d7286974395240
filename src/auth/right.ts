import type { Refusal } from '../common/errors';
import {
  ADMIN_KEY_REQUIRED,
  NO_SELF_ROTATION,
  onlyAdminKeysCan,
  READ_KEYS_CANNOT_MODIFY,
  readKeysCannot,
  SOURCE_NOT_YOURS,
  WRITE_ONLY,
} from './access.errors';
import type { CurrentApiKey } from './current-key.decorator';
import { KEY_TYPES, type KeyType } from './key-type';

/**
 * What a key that is bound to one data source may reach: `all` where the route does not concern data sources, `source`
 * for its own data source and what belongs to it, `none` where it is refused.
 */
export type BoundReach = 'all' | 'source' | 'none';

/** Which restricted keys may use a route too. A restriction that is not mentioned refuses them. */
export interface RightOptions {
  /** Default: write-only keys are refused. */
  readonly writeOnly?: boolean;
  /** Default: `none`. */
  readonly bound?: BoundReach;
  /** Refuses keys that were created with `selfRotation: false`. */
  readonly selfRotation?: true;
  /** What session keys are answered. By default they have the rights of the key that they were opened with. */
  readonly notForSessions?: Refusal;
  /** What all keys but session keys are answered. */
  readonly onlyForSessions?: Refusal;
  /** The service refuses Write keys while the data source has points: those need an Admin key. */
  readonly onlyWithoutPoints?: true;
  /** The key may also be the password of `Authorization: Basic`: see `basicCredentialsOf`. */
  readonly basic?: true;
  /** The key may also be a password, as InfluxDB's clients send it: see `influxCredentialsOf`. */
  readonly influx?: true;
  /** A ticket in the query string can stand for the key. */
  readonly ticket?: true;
}

/** Who may call a route, and what other keys are answered. */
export interface Right extends RightOptions {
  readonly types: readonly KeyType[];
  /** What keys of other types are answered. Undefined where every type is allowed. */
  readonly otherwise: Refusal | undefined;
  readonly writeOnly: boolean;
  readonly bound: BoundReach;
}

/** Admin keys may use every route, so a list of types without them does not exist. */
export type RequiredTypes = 'admin' | readonly ['admin', 'write'];

/** The right to do something that takes a key of certain types. `action` completes the sentence of its refusal. */
export function rightOf(types: RequiredTypes, action?: string, options?: RightOptions): Right {
  if (types === 'admin') return toRight(['admin'], action ? onlyAdminKeysCan(action) : ADMIN_KEY_REQUIRED, options);
  return toRight(types, action ? readKeysCannot(action) : READ_KEYS_CANNOT_MODIFY, options);
}

/** The right to do something that takes a key of any type. */
export function anyKeyRight(options?: RightOptions): Right {
  return toRight(KEY_TYPES, undefined, options);
}

function toRight(types: readonly KeyType[], otherwise: Refusal | undefined, options?: RightOptions): Right {
  return { writeOnly: false, bound: 'none', ...options, types, otherwise };
}

/** The properties of a key that a right depends on. */
export type RightsHolder = Pick<CurrentApiKey, 'type' | 'writeOnly' | 'dataSourceId'> &
  Partial<Pick<CurrentApiKey, 'selfRotation' | 'sessionId'>>;

/** The refusal for a key that lacks a right, or undefined for a key that has it. */
export function refusalFor(
  key: RightsHolder,
  { types, otherwise, writeOnly, bound, selfRotation, notForSessions, onlyForSessions }: Right,
): Refusal | undefined {
  if (!types.includes(key.type)) return otherwise ?? ADMIN_KEY_REQUIRED;
  if (key.sessionId === null && onlyForSessions) return onlyForSessions;
  if (key.sessionId && notForSessions) return notForSessions;
  if (key.writeOnly && !writeOnly) return WRITE_ONLY;
  if (selfRotation && key.selfRotation === false) return NO_SELF_ROTATION;
  return key.dataSourceId !== null && bound === 'none' ? SOURCE_NOT_YOURS : undefined;
}

/** The refusals that keys of an allowed type may still get. */
export function restrictionsOf({ types, writeOnly, bound, selfRotation, notForSessions }: Right): Refusal[] {
  const ofSessions = notForSessions ? [notForSessions] : [];
  if (!types.includes('write')) return ofSessions;
  return [
    ...ofSessions,
    ...(writeOnly ? [] : [WRITE_ONLY]),
    ...(bound === 'none' ? [SOURCE_NOT_YOURS] : []),
    ...(selfRotation ? [NO_SELF_ROTATION] : []),
  ];
}

/** Describes a right for the OpenAPI document. */
export function describeRight({ types, otherwise, writeOnly, bound, ...sessions }: Right): string {
  if (!types.includes('write')) return otherwise ? `${otherwise.message}.` : '';
  const who = types.includes('read') ? 'For any key' : 'For Admin and Write keys';
  const sentences = [`${who}, ${writeOnly ? 'including write-only keys' : 'except write-only keys'}.`];
  if (bound === 'source') sentences.push('A key that is bound to a data source reaches only that data source.');
  if (bound === 'none') sentences.push('Not for a key that is bound to a data source.');
  if (sessions.notForSessions) sentences.push('Not for session keys.');
  if (sessions.onlyForSessions) sentences.push('Only for session keys.');
  return sentences.join(' ');
}

/** Whether a key may see the whole URL of a webhook, whose path is often a secret of the receiver. */
export function seesWebhookUrls({ type }: Pick<CurrentApiKey, 'type'>): boolean {
  return type === 'admin';
}
