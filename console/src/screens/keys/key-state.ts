import { spacedUnit } from '../../lib/numbers';
import type { Key } from './key-types';

type StatedKey = Pick<
  Key,
  'enabled' | 'expiresAt' | 'replacedBy' | 'lastUsedAt' | 'writeOnly' | 'dataSourceId' | 'allowedIps'
> &
  Pick<Key, 'rateLimit' | 'quota' | 'selfRotation' | 'sessionOf'>;

/** What a list says of a key beside its name. At most one of the first six is true of a key, in this order. */
export type KeyState = 'expired' | 'rotated' | 'disabled' | 'replaced' | 'expiring' | 'unused' | 'plain';

const SOON_MILLIS = 7 * 86_400_000;

/**
 * `replaced` keys were rotated and are accepted until their grace period is over, `rotated` ones no longer are. `expiring` ones end within
 * a week.
 */
export function keyStateOf({ enabled, expiresAt, replacedBy, lastUsedAt }: StatedKey, now: number): KeyState {
  const left = expiresAt === undefined ? Infinity : Date.parse(expiresAt) - now;
  if (left <= 0) return replacedBy === undefined ? 'expired' : 'rotated';
  if (enabled === false) return 'disabled';
  if (replacedBy !== undefined) return 'replaced';
  if (left <= SOON_MILLIS) return 'expiring';
  return lastUsedAt === null ? 'unused' : 'plain';
}

/** Whether requests with the key are accepted, as far as its state says. */
export function isAccepted(state: KeyState): boolean {
  return !['expired', 'rotated', 'disabled'].includes(state);
}

/** How a key begins: `dakkio_w_1aB2…`. */
export function prefixOf({ keyPrefix }: Pick<Key, 'keyPrefix'>): string {
  return keyPrefix.replace(/\.{3}$/, '…');
}

/** The restrictions of a key in few words, those that take away most first. */
export function restrictionsOf(key: StatedKey): string[] {
  const { writeOnly, dataSourceId, allowedIps = [], rateLimit, quota, selfRotation } = key;
  return [
    writeOnly === true && 'write only',
    dataSourceId !== undefined && 'one data source',
    allowedIps.length === 1 && `from ${String(allowedIps[0])}`,
    allowedIps.length > 1 && `from ${allowedIps.length} addresses`,
    rateLimit && rateInWords(rateLimit),
    quota && `${count(quota.limit)} a ${quota.per}`,
    selfRotation === false && 'cannot rotate itself',
  ].filter((text) => typeof text === 'string');
}

interface Rate {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** A rate limit: `60 a minute`, `5 in 10 s`, or with what is counted: `60 requests a minute`. */
export function rateInWords({ limit, windowSeconds }: Rate, counted?: string): string {
  const units: Readonly<Record<number, string>> = { 1: 'second', 60: 'minute', 3600: 'hour', 86_400: 'day' };
  const unit = units[windowSeconds];
  const most = counted === undefined ? count(limit) : `${count(limit)} ${counted}`;
  return unit === undefined ? `${most} in ${windowSeconds}${spacedUnit('s')}` : `${most} a ${unit}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
