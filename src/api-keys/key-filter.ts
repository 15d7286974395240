import type { KeyType } from '../auth/key-type';
import type { ApiKey } from './api-key.entity';
import { isLiving, isUsable } from './key-rows';
import { shownPrefix } from './key-text';

export const KEY_STATES = ['active', 'expired', 'disabled', 'replaced', 'all'] as const;

/**
 * `active` keys open now, replaced ones in their grace period too. `replaced` ones were rotated into another key. Of the others,
 * `disabled` ones are not enabled, and `expired` ones are enabled and past their end.
 */
export type KeyState = (typeof KEY_STATES)[number];

/** Which keys are wanted: those to which everything applies that is given. */
export interface KeyFilter {
  readonly state?: KeyState | undefined;
  readonly type?: KeyType | undefined;
  /** A part of the name, or the beginning of `keyPrefix` beyond the type, in upper or lower case. */
  readonly q?: string | undefined;
  /** Only keys that were neither made nor used since this moment, in milliseconds since 1970. */
  readonly unusedSince?: number | undefined;
}

/** What of a key a filter looks at. */
export type FilteredKey = Pick<
  ApiKey,
  | 'name'
  | 'type'
  | 'hint'
  | 'createdAt'
  | 'lastUsedAt'
  | 'deletedAt'
  | 'retiredAt'
  | 'disabledAt'
  | 'expiresAt'
  | 'replacedBy'
>;

/** Whether a filter leaves any key out. */
export function isRestrictive({ state = 'all', type, q, unusedSince }: KeyFilter): boolean {
  return state !== 'all' || type !== undefined || q !== undefined || unusedSince !== undefined;
}

/** Tells of each key whether it is wanted at a moment. */
export function matcherOf(filter: KeyFilter, nowMillis: number): (key: FilteredKey) => boolean {
  const { state = 'all', type, q, unusedSince } = filter;
  const text = q?.toLowerCase();
  return (key) =>
    (type === undefined || key.type === type) &&
    isInState(key, state, nowMillis) &&
    (unusedSince === undefined || (key.lastUsedAt ?? key.createdAt) < unusedSince) &&
    (text === undefined || holdsText(key, text));
}

function isInState(key: FilteredKey, state: KeyState, nowMillis: number): boolean {
  if (state === 'all') return true;
  if (state === 'active') return isUsable(key, nowMillis);
  if (state === 'replaced') return key.replacedBy !== null;
  if (key.replacedBy !== null) return false;
  const isDisabled = key.disabledAt !== null;
  return state === 'disabled' ? isDisabled : !isDisabled && !isLiving(key, nowMillis);
}

/** What every key's text begins with, whatever its type, does not tell keys apart. */
const SHORTEST_PREFIX = 'dakkio_w_'.length + 1;

function holdsText({ name, type, hint }: FilteredKey, text: string): boolean {
  if (name.toLowerCase().includes(text)) return true;
  return text.length >= SHORTEST_PREFIX && shownPrefix(type, hint).toLowerCase().startsWith(text);
}
