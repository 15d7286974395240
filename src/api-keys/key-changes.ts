import { isDeepStrictEqual } from 'node:util';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { ApiKey } from './api-key.entity';
import { quotaOf, rateLimitOf } from './key-rows';
import { boundColumns, type KeyBounds } from './new-key';
import { isoTime } from '../common/times';

/** What may be changed of a key. What is not given stays. */
export interface KeyChanges extends KeyBounds {
  readonly name?: string | undefined;
}

/** What a key is held to, as callers see it: only what is set. */
export interface SetBounds {
  readonly expiresAt?: string;
  readonly allowedIps?: string[];
  readonly dataSourceId?: string;
  readonly writeOnly?: true;
  readonly selfRotation?: false;
  readonly rateLimit?: RateLimit;
  readonly quota?: Quota;
  readonly metadata?: Readonly<Record<string, string>>;
}

export function boundsOf(apiKey: ApiKey): SetBounds {
  const rateLimit = rateLimitOf(apiKey.rateLimit, apiKey.rateWindowSeconds);
  const quota = quotaOf(apiKey.quotaLimit, apiKey.quotaPer);
  return {
    ...(apiKey.expiresAt !== null && { expiresAt: isoTime(apiKey.expiresAt) }),
    ...(apiKey.allowedIps !== null && { allowedIps: apiKey.allowedIps.split(',') }),
    ...(apiKey.dataSourceId !== null && { dataSourceId: apiKey.dataSourceId }),
    ...(apiKey.writeOnly !== null && { writeOnly: true }),
    ...(apiKey.noSelfRotation !== null && { selfRotation: false }),
    ...(rateLimit && { rateLimit }),
    ...(quota && { quota }),
    ...(apiKey.metadata && { metadata: apiKey.metadata }),
  };
}

/** The row as it will be, and what of it changes, before and after, for the audit log; nothing when all stays as it is. */
export function changed(apiKey: ApiKey, { name, ...bounds }: KeyChanges, nowMillis: number) {
  const columns = { ...(name !== undefined && { name }), ...boundColumns(bounds, nowMillis) };
  // Since when it is disabled stays as it was.
  if (apiKey.disabledAt !== null && columns.disabledAt) delete columns.disabledAt;
  const after = { ...apiKey, ...columns };
  const [from, to] = [shown(apiKey), shown(after)];
  const names = Object.keys({ ...from, ...to }).filter((field) => !isDeepStrictEqual(from[field], to[field]));
  if (names.length === 0) return undefined;
  const pick = (values: Record<string, unknown>) =>
    Object.fromEntries(names.map((field) => [field, values[field] ?? null]));
  return { before: apiKey, after, columns, details: { from: pick(from), to: pick(to) } };
}

/** Metadata is the client's own, and may be a secret: of it, the names alone are written down. */
function shown(apiKey: ApiKey): Record<string, unknown> {
  const { metadata, ...bounds } = boundsOf(apiKey);
  const enabled = apiKey.disabledAt === null;
  return { name: apiKey.name, enabled, ...bounds, ...(metadata && { metadata: Object.keys(metadata) }) };
}
