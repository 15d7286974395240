import { IsNull } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { KeyType } from '../auth/key-type';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { ApiKey } from './api-key.entity';
import { hintOf } from './key-text';
import type { KeyScope } from './new-key';

type Ends = Pick<ApiKey, 'deletedAt' | 'retiredAt' | 'expiresAt'>;

/** Whether a key is valid at a moment: it is accepted, or would be once it is enabled. */
export function isLiving({ deletedAt, retiredAt, expiresAt }: Ends, nowMillis: number): boolean {
  return deletedAt === null && retiredAt === null && (expiresAt === null || expiresAt > nowMillis);
}

/** Whether a key is accepted at a moment, according to its own row. */
export function isUsable(key: Ends & Pick<ApiKey, 'disabledAt'>, nowMillis: number): boolean {
  return key.disabledAt === null && isLiving(key, nowMillis);
}

/** The keys of a scope that are not deleted, without session keys. */
export function keptIn(scope: KeyScope) {
  return { ...keptWithSessionsIn(scope), sessionOf: IsNull() };
}

/** The keys and session keys of a scope that are not deleted. */
export function keptWithSessionsIn({ organizationId, bucketId }: KeyScope) {
  return { organizationId, bucketId: bucketId ?? IsNull(), deletedAt: IsNull() };
}

/**
 * Written by hand because every request runs it, and the query builder takes five times as long. Each column costs 0.1 µs, so
 * restrictions that most keys do not have share columns: an expression with a null is null. The hint is part of the key's text.
 */
const FIND_KEY = `SELECT id, nullif(line_id, id) AS "lineId", name, type, organization_id AS "organizationId", bucket_id AS "bucketId",
  created_at AS "createdAt", expires_at AS "expiresAt", coalesce(disabled_at, retired_at) AS "shutAt", allowed_ips AS "allowedIps",
  data_source_id AS "dataSourceId", coalesce(write_only, 0) + 2 * coalesce(no_self_rotation, 0) AS flags,
  rate_limit || ' ' || rate_window_seconds AS "rateLimit", quota_limit || ' ' || quota_per AS quota, retires,
  session_of AS "sessionOf" FROM api_keys`;
export const FIND_KEY_BY_HASH = `${FIND_KEY} WHERE hash = ? AND deleted_at IS NULL`;
/** Finds the key that a session key was opened with, and the keys of open streams. */
export const FIND_KEY_BY_ID = `${FIND_KEY} WHERE id = ? AND deleted_at IS NULL`;

const WRITE_ONLY = 1;
const NO_SELF_ROTATION = 2;

/** A row of `FIND_KEY_BY_HASH` or `FIND_KEY_BY_ID`. */
export interface FoundKey {
  readonly id: string;
  /** Null if it is the key's own id; empty for a key that a server of an earlier version created. */
  readonly lineId: string | null;
  readonly name: string;
  readonly type: KeyType;
  readonly organizationId: string;
  readonly bucketId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** When it was disabled or retired. */
  readonly shutAt: number | null;
  readonly allowedIps: string | null;
  readonly dataSourceId: string | null;
  /** The sum of those of `WRITE_ONLY` and `NO_SELF_ROTATION` that apply. */
  readonly flags: number;
  /** Limit and window in seconds: `100 60`. */
  readonly rateLimit: string | null;
  /** Limit and period: `1000 day`. */
  readonly quota: string | null;
  readonly retires: string | null;
  /** The key that this session key was opened with. */
  readonly sessionOf: string | null;
}

/** The key with this text and row, or null if it is disabled, retired or expired. */
export function toCurrentKey(
  row: FoundKey,
  text: string,
  defaults: Readonly<Record<KeyType, RateLimit | undefined>>,
  nowMillis: number,
): CurrentApiKey | null {
  const { expiresAt } = row;
  if (!isAccepted(row, nowMillis)) return null;
  return {
    id: row.id,
    lineId: row.lineId || row.id,
    name: row.name,
    type: row.type,
    hint: hintOf(text),
    organizationId: row.organizationId,
    bucketId: row.bucketId,
    createdAt: row.createdAt,
    expiresAt,
    allowedIps: row.allowedIps,
    dataSourceId: row.dataSourceId,
    writeOnly: (row.flags & WRITE_ONLY) !== 0,
    rateLimit: readRateLimit(row.rateLimit) ?? defaults[row.type] ?? null,
    quota: readQuota(row.quota),
    retires: row.retires,
    selfRotation: (row.flags & NO_SELF_ROTATION) === 0,
    sessionId: null,
  };
}

/**
 * A session key as the key that it was opened with, or null if the session has expired.
 *
 * @param of that key, with the hint of the session key's text
 */
export function toCurrentSession(row: FoundKey, of: CurrentApiKey, nowMillis: number): CurrentApiKey | null {
  if (!isAccepted(row, nowMillis)) return null;
  const { id: sessionId, createdAt } = row;
  return { ...of, sessionId, createdAt, expiresAt: sooner(row.expiresAt, of.expiresAt), retires: null };
}

/** The earlier of two expiries. */
export function sooner(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

function isAccepted({ shutAt, expiresAt }: FoundKey, nowMillis: number): boolean {
  return shutAt === null && (expiresAt === null || expiresAt > nowMillis);
}

function readRateLimit(text: string | null): RateLimit | null {
  if (text === null) return null;
  const [limit, windowSeconds] = text.split(' ');
  return { limit: Number(limit), windowSeconds: Number(windowSeconds) };
}

function readQuota(text: string | null): Quota | null {
  if (text === null) return null;
  const [limit, per] = text.split(' ');
  return { limit: Number(limit), per: per === 'month' ? 'month' : 'day' };
}

/** Two columns as one rate limit. */
export function rateLimitOf(limit: number | null, windowSeconds: number | null): RateLimit | null {
  return limit === null || windowSeconds === null ? null : { limit, windowSeconds };
}

/** Two columns as one quota. */
export function quotaOf(limit: number | null, per: Quota['per'] | null): Quota | null {
  return limit === null || per === null ? null : { limit, per };
}
