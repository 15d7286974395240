import { SESSION_NOT_ROTATED } from '../auth/access.errors';
import { ApiError } from '../common/errors';
import type { ApiKey } from './api-key.entity';
import { KEY_ALREADY_ROTATED, KEY_DISABLED, KEY_EXPIRED } from './api-keys.errors';
import type { LockedLine } from './locked-lines';
import { requireRoomInLine } from './line-locks';
import { isLiving, isUsable } from './key-rows';
import type { Replacement } from './key-table';

/** What a rotation is limited by. */
export interface ReplacementBounds {
  readonly options: { readonly gracePeriodSeconds: number };
  readonly nowMillis: number;
  /** The maximum number of valid keys of a rotation line. */
  readonly most: number;
  /** Lines of which the request names several keys: only the newest one can be rotated. */
  readonly repeated: ReadonlySet<string>;
}

/** What a rotation changes, besides storing the new key. */
export interface ReplacementPlan {
  /** The old key after the rotation. */
  readonly old: ApiKey;
  readonly replaced: Replacement;
  /** An unused replacement that is deleted for the new key. */
  readonly ended: readonly ApiKey[];
  /** How many valid keys the line gains; negative if it loses some. */
  readonly added: number;
}

/**
 * Plans the rotation of a key.
 *
 * @throws ApiError `SESSION_NOT_ROTATED`, `KEY_DISABLED`, `KEY_EXPIRED`, `KEY_ALREADY_ROTATED`, `LINE_FULL`
 */
export function planReplacement(line: LockedLine, replacedBy: string, bounds: ReplacementBounds): ReplacementPlan {
  const { key: old, newest, lineId, living } = line;
  const { options, nowMillis, most, repeated } = bounds;
  if (repeated.has(lineId) && old.id !== newest.id) throw alreadyRotated(newest);
  const isUnused = requireRotatable(line, nowMillis);
  const expiresAt = Math.min(nowMillis + options.gracePeriodSeconds * 1000, old.expiresAt ?? Infinity);
  const isRetired = options.gracePeriodSeconds === 0;
  const retiredAt = isRetired ? nowMillis : old.retiredAt;
  const added = 1 - (isRetired ? 1 : 0) - (isUnused && isLiving(newest, nowMillis) ? 1 : 0);
  requireRoomInLine(living, living.length + added, most);
  return {
    old: { ...old, expiresAt, replacedBy, retiredAt },
    replaced: { id: old.id, lineId, replacedBy, expiresAt, retiredAt },
    ended: isUnused ? [{ ...newest, deletedAt: nowMillis }] : [],
    added,
  };
}

/** The ids of the lines that occur more than once. */
export function repeatedLines(lines: readonly LockedLine[]): ReadonlySet<string> {
  const ids = lines.map(({ lineId }) => lineId).sort();
  return new Set(ids.filter((id, index) => ids[index - 1] === id));
}

/** @returns whether there is an unused replacement, which must be deleted */
function requireRotatable({ key: old, newest }: LockedLine, nowMillis: number): boolean {
  if (old.sessionOf !== null) throw new ApiError(SESSION_NOT_ROTATED);
  if (old.disabledAt !== null) throw new ApiError(KEY_DISABLED);
  if (!isUsable(old, nowMillis) || hasExpired(newest, nowMillis)) throw new ApiError(KEY_EXPIRED);
  if (newest.id === old.id || newest.deletedAt !== null) return false;
  if (newest.retires !== old.id) throw alreadyRotated(newest);
  return true;
}

function alreadyRotated({ id }: ApiKey): ApiError {
  return new ApiError(KEY_ALREADY_ROTATED, { body: { apiKeyId: id } });
}

function hasExpired({ expiresAt }: ApiKey, nowMillis: number): boolean {
  return expiresAt !== null && expiresAt <= nowMillis;
}
