import type { KeyType } from '../auth/key-type';
import type { ApiKey } from './api-key.entity';
import { isLiving, isUsable } from './key-rows';
import { shownPrefix } from './key-text';

export const KEY_STATES = ['active', 'expired', 'disabled', 'replaced', 'all'] as const;

/**
 * `active` keys are accepted now, including rotated keys in their grace period. `replaced` keys were rotated into another key.
 * All other keys are `disabled`, or enabled and `expired`.
 */
export type KeyState = (typeof KEY_STATES)[number];

/** Selects the keys that match all fields that are given. */
export interface KeyFilter {
  readonly state?: KeyState | undefined;
  readonly type?: KeyType | undefined;
  /** A part of the name, or the start of `keyPrefix` with at least one character after the type. Ignores case. */
  readonly q?: string | undefined;
  /** Selects keys that were neither created nor used since this moment, in milliseconds since 1970. */
  readonly unusedSince?: number | undefined;
  /** Whether session keys are selected too. */
  readonly sessions?: boolean | undefined;
}

/** The columns of a key that a filter depends on. */
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

/** Whether a filter can exclude any key. */
export function isRestrictive({ state = 'all', type, q, unusedSince }: KeyFilter): boolean {
  return state !== 'all' || type !== undefined || q !== undefined || unusedSince !== undefined;
}

/** Returns a function that tests whether a key matches the filter at a moment. */
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

/** Shorter prefixes are common to all keys of a type. */
const SHORTEST_PREFIX = 'dakkio_w_'.length + 1;

function holdsText({ name, type, hint }: FilteredKey, text: string): boolean {
  if (name.toLowerCase().includes(text)) return true;
  return text.length >= SHORTEST_PREFIX && shownPrefix(type, hint).toLowerCase().startsWith(text);
}
