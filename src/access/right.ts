import type { Refusal } from '../common/errors';
import { SOURCE_NOT_YOURS, UNAUTHORIZED, WRITE_ONLY } from './access.errors';
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
}

type Holder = Pick<CurrentApiKey, 'type' | 'writeOnly' | 'dataSourceId'>;

/** What a key is refused with that lacks a right, or undefined for one that has it. */
export function refusalFor(key: Holder, { types, otherwise, writeOnly, bound }: Right): Refusal | undefined {
  if (!types.includes(key.type)) return otherwise ?? UNAUTHORIZED;
  if (key.writeOnly && !writeOnly) return WRITE_ONLY;
  return key.dataSourceId !== null && bound === 'none' ? SOURCE_NOT_YOURS : undefined;
}

/** What keys of the right type may be refused with all the same. */
export function restrictionsOf({ types, writeOnly, bound }: Right): Refusal[] {
  if (!types.includes('write')) return [];
  return [...(writeOnly ? [] : [WRITE_ONLY]), ...(bound === 'none' ? [SOURCE_NOT_YOURS] : [])];
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
