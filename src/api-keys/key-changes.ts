import { isDeepStrictEqual } from 'node:util';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { ApiKey } from './api-key.entity';
import { quotaOf, rateLimitOf } from './key-rows';
import { boundColumns, type KeyBounds } from './new-key';
import { isoTime } from '../common/times';

/** Changes of a key. Fields that are not given stay as they are. */
export interface KeyChanges extends KeyBounds {
  readonly name?: string | undefined;
}

/** The restrictions and metadata of a key as clients see them. What is not set is left out. */
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

/** The row after a change, with the differences for the audit log; undefined for a change without effect. */
export function changed(apiKey: ApiKey, { name, ...bounds }: KeyChanges, nowMillis: number) {
  const columns = { ...(name !== undefined && { name }), ...boundColumns(bounds, nowMillis) };
  // Disabling a disabled key does not move `disabledAt`.
  if (apiKey.disabledAt !== null && columns.disabledAt) delete columns.disabledAt;
  const after = { ...apiKey, ...columns };
  const [from, to] = [shown(apiKey), shown(after)];
  const names = Object.keys({ ...from, ...to }).filter((field) => !isDeepStrictEqual(from[field], to[field]));
  if (names.length === 0) return undefined;
  const pick = (values: Record<string, unknown>) =>
    Object.fromEntries(names.map((field) => [field, values[field] ?? null]));
  return { before: apiKey, after, columns, details: { from: pick(from), to: pick(to) } };
}

/** Metadata belongs to the client and may be secret: the audit log contains only its names. */
function shown(apiKey: ApiKey): Record<string, unknown> {
  const { metadata, ...bounds } = boundsOf(apiKey);
  const enabled = apiKey.disabledAt === null;
  return { name: apiKey.name, enabled, ...bounds, ...(metadata && { metadata: Object.keys(metadata) }) };
}
