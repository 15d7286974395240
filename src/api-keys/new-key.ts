import type { KeyType } from '../auth/key-type';
import { newId } from '../common/ids';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { ApiKey } from './api-key.entity';
import type { KeyHasher } from './key-hasher';
import { hintOf } from './key-text';

/** What a key belongs to: a bucket or, with `bucketId` null, the organization itself. */
export interface KeyScope {
  readonly organizationId: string;
  readonly bucketId: string | null;
}

/** As whose work changes of keys take turns with other writes: see `WriteOptions.caller`. */
export function callerOfScope({ organizationId }: KeyScope): string {
  return `keys of ${organizationId}`;
}

/** Restrictions and metadata that can be changed later. Null removes them. */
export interface KeyBounds {
  readonly enabled?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | null | undefined;
  readonly allowedIps?: readonly string[] | null | undefined;
  readonly rateLimit?: RateLimit | null | undefined;
  readonly quota?: Quota | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
}

/** A key to create. The last three fields cannot be changed later. */
export interface NewKey extends KeyBounds {
  readonly name: string;
  readonly type: KeyType;
  readonly dataSourceId?: string | undefined;
  readonly writeOnly?: boolean | undefined;
  /** Whether it can rotate itself; true by default. */
  readonly selfRotation?: boolean | undefined;
}

const UNBOUND = {
  disabledAt: null,
  expiresAt: null,
  allowedIps: null,
  rateLimit: null,
  rateWindowSeconds: null,
  quotaLimit: null,
  quotaPer: null,
  metadata: null,
};

/** The row of a new key with this text. */
export function newKeyRow(scope: KeyScope, wanted: NewKey, text: string, hasher: KeyHasher): ApiKey {
  const now = Date.now();
  const id = newId(now);
  return {
    id,
    organizationId: scope.organizationId,
    bucketId: scope.bucketId,
    name: wanted.name,
    type: wanted.type,
    ...hasher.hash(text),
    hint: hintOf(text),
    createdAt: now,
    lastUsedAt: null,
    deletedAt: null,
    ...UNBOUND,
    ...boundColumns(wanted, now),
    dataSourceId: wanted.dataSourceId ?? null,
    writeOnly: wanted.writeOnly ? 1 : null,
    replaces: null,
    replacedBy: null,
    retires: null,
    lineId: id,
    newestId: null,
    madeBy: null,
    retiredAt: null,
    noSelfRotation: wanted.selfRotation === false ? 1 : null,
    sessionOf: null,
    lastAddress: null,
    lastUserAgent: null,
  };
}

/** The columns of the fields that are given. */
export function boundColumns(bounds: KeyBounds, nowMillis: number) {
  const { enabled, expiresAt, allowedIps, rateLimit, quota, metadata } = bounds;
  return {
    ...(enabled !== undefined && { disabledAt: enabled ? null : nowMillis }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(allowedIps !== undefined && { allowedIps: allowedIps?.length ? allowedIps.join(',') : null }),
    ...(rateLimit !== undefined && {
      rateLimit: rateLimit?.limit ?? null,
      rateWindowSeconds: rateLimit?.windowSeconds ?? null,
    }),
    ...(quota !== undefined && { quotaLimit: quota?.limit ?? null, quotaPer: quota?.per ?? null }),
    ...(metadata !== undefined && { metadata: metadata && Object.keys(metadata).length > 0 ? metadata : null }),
  };
}
