import type { Refusal } from '../common/errors';
import { NO_SELF_ROTATION, SOURCE_NOT_YOURS, UNAUTHORIZED, WRITE_ONLY } from './access.errors';
import type { CurrentApiKey } from './current-key.decorator';
import type { KeyType } from './key-type';

/**
 * What a key that is bound to one data source reaches: `all` where the action has nothing to do with data sources,
 * `source` for its own source and what belongs to it, `none` where it is refused.
 */
export type BoundReach = 'all' | 'source' | 'none';

/** Who may do something, and what the others are answered. */
export interface Right<Type extends KeyType = KeyType> {
  readonly types: readonly Type[];
  /** What keys of other types are answered. There are none where `types` has them all. */
  readonly otherwise: Refusal | undefined;
  /** Whether write-only keys may too. */
  readonly writeOnly: boolean;
  readonly bound: BoundReach;
  /** Whether it is the right to rotate oneself, which a key may be made without. */
  readonly selfRotation?: true;
}

type Holder = Pick<CurrentApiKey, 'type' | 'writeOnly' | 'dataSourceId'> & Partial<Pick<CurrentApiKey, 'selfRotation'>>;

/** What a key is refused with that lacks a right, or undefined for one that has it. */
export function refusalFor(key: Holder, right: Right): Refusal | undefined {
  const { types, otherwise, writeOnly, bound } = right;
  if (!types.includes(key.type)) return otherwise ?? UNAUTHORIZED;
  if (key.writeOnly && !writeOnly) return WRITE_ONLY;
  if (right.selfRotation && key.selfRotation === false) return NO_SELF_ROTATION;
  return key.dataSourceId !== null && bound === 'none' ? SOURCE_NOT_YOURS : undefined;
}

/** What keys of the right type may be refused with all the same. */
export function restrictionsOf({ types, writeOnly, bound, selfRotation }: Right): Refusal[] {
  if (!types.includes('write')) return [];
  return [
    ...(writeOnly ? [] : [WRITE_ONLY]),
    ...(bound === 'none' ? [SOURCE_NOT_YOURS] : []),
    ...(selfRotation ? [NO_SELF_ROTATION] : []),
  ];
}

/** A right in words, for the API's description. */
export function wordsOf({ types, otherwise, writeOnly, bound }: Right): string {
  if (!types.includes('write')) return otherwise ? `${otherwise.message}.` : '';
  const who = types.includes('read') ? 'For any key' : 'For Admin and Write keys';
  const sentences = [`${who}, ${writeOnly ? 'write-only keys too' : 'but not for write-only keys'}.`];
  if (bound === 'source') sentences.push('A key that is bound to a data source reaches that source alone.');
  if (bound === 'none') sentences.push('Not for a key that is bound to a data source.');
  return sentences.join(' ');
}

/** Whether a key is shown the whole URL of a webhook, whose path is often a secret of the receiver. */
export function seesWebhookUrls({ type }: Pick<CurrentApiKey, 'type'>): boolean {
  return type === 'admin';
}
