import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import type { KeyType } from '../access/key-type';
import type { Quota, RateLimit } from '../common/rate-limit';
import { query, type SqlValue } from '../database/sql';
import { ApiKey } from './api-key.entity';
import type { KeyScope } from './new-key';

/** Whether a key lives at a moment: it opens, or would once it is enabled. */
export function isLiving(
  { deletedAt, retiredAt, expiresAt }: Pick<ApiKey, 'deletedAt' | 'retiredAt' | 'expiresAt'>,
  nowMillis: number,
): boolean {
  return deletedAt === null && retiredAt === null && (expiresAt === null || expiresAt > nowMillis);
}

/** Whether a key opens at a moment, as far as its own row says. */
export function isUsable(key: ApiKey, nowMillis: number): boolean {
  return key.disabledAt === null && isLiving(key, nowMillis);
}

/** The keys of a scope that are not deleted. */
export function keptIn({ organizationId, bucketId }: KeyScope) {
  return { organizationId, bucketId: bucketId ?? IsNull(), deletedAt: IsNull() };
}

/** By hand, as is all here that a request or a creation passes: the way through the query builder takes five times as long. */
export const FIND_KEY_BY_HASH = `SELECT id, line_id AS "lineId", name, type, hint, organization_id AS "organizationId", bucket_id AS "bucketId",
  created_at AS "createdAt", expires_at AS "expiresAt", disabled_at AS "disabledAt", allowed_ips AS "allowedIps",
  data_source_id AS "dataSourceId", write_only AS "writeOnly", rate_limit AS "rateLimit",
  rate_window_seconds AS "windowSeconds", quota_limit AS "quotaLimit", quota_per AS "quotaPer", retires,
  retired_at AS "retiredAt", no_self_rotation AS "noSelfRotation"
  FROM api_keys WHERE hash = ? AND deleted_at IS NULL`;

/** A row of `FIND_KEY_BY_HASH`: PostgreSQL gives `bigint` as text. */
export interface FoundKey {
  readonly id: string;
  readonly lineId: string;
  readonly name: string;
  readonly type: KeyType;
  readonly hint: string;
  readonly organizationId: string;
  readonly bucketId: string | null;
  readonly createdAt: number | string;
  readonly expiresAt: number | string | null;
  readonly disabledAt: number | string | null;
  readonly allowedIps: string | null;
  readonly dataSourceId: string | null;
  readonly writeOnly: 1 | null;
  readonly rateLimit: number | null;
  readonly windowSeconds: number | null;
  readonly quotaLimit: number | null;
  readonly quotaPer: Quota['per'] | null;
  readonly retires: string | null;
  readonly retiredAt: number | string | null;
  readonly noSelfRotation: 1 | null;
}

/** The key of a row, or null when it is disabled, retired or has expired. */
export function toCurrentKey(
  row: FoundKey,
  defaults: Readonly<Record<KeyType, RateLimit | undefined>>,
  nowMillis: number,
): CurrentApiKey | null {
  const expiresAt = row.expiresAt === null ? null : Number(row.expiresAt);
  if (row.disabledAt !== null || row.retiredAt !== null || (expiresAt !== null && expiresAt <= nowMillis)) return null;
  return {
    id: row.id,
    // Empty where a server of before the upgrade made it meanwhile.
    lineId: row.lineId || row.id,
    name: row.name,
    type: row.type,
    hint: row.hint,
    organizationId: row.organizationId,
    bucketId: row.bucketId,
    createdAt: Number(row.createdAt),
    expiresAt,
    allowedIps: row.allowedIps,
    dataSourceId: row.dataSourceId,
    writeOnly: row.writeOnly !== null,
    rateLimit: rateLimitOf(row.rateLimit, row.windowSeconds) ?? defaults[row.type] ?? null,
    quota: quotaOf(row.quotaLimit, row.quotaPer),
    retires: row.retires,
    selfRotation: row.noSelfRotation === null,
  };
}

/** Two columns as one rate limit. */
export function rateLimitOf(limit: number | null, windowSeconds: number | null): RateLimit | null {
  return limit === null || windowSeconds === null ? null : { limit, windowSeconds };
}

/** Two columns as one quota. */
export function quotaOf(limit: number | null, per: Quota['per'] | null): Quota | null {
  return limit === null || per === null ? null : { limit, per };
}

/** Far from the most parameters that a statement takes, and a text that is soon prepared. */
const ROWS_PER_STATEMENT = 50;

/** How keys are written to the table. */
interface KeyColumns {
  readonly insert: string;
  readonly row: string;
  readonly valuesOf: (key: ApiKey) => SqlValue[];
}

const columnsOf = new WeakMap<DataSource, KeyColumns>();

/** Stores new keys: every column of the entity, so that no bound can be left out. */
export async function insertKeys(manager: EntityManager, keys: readonly ApiKey[]): Promise<void> {
  const { insert, row, valuesOf } = keyColumns(manager.connection);
  for (let start = 0; start < keys.length; start += ROWS_PER_STATEMENT) {
    const slice = keys.slice(start, start + ROWS_PER_STATEMENT);
    await query(manager, insert + slice.map(() => row).join(', '), slice.flatMap(valuesOf));
  }
}

function keyColumns(dataSource: DataSource): KeyColumns {
  let known = columnsOf.get(dataSource);
  if (!known) {
    const columns = dataSource.getMetadata(ApiKey).columns.map(({ databaseName, propertyName, type }) => {
      return { databaseName, propertyName: propertyName as keyof ApiKey, isJson: type === 'simple-json' };
    });
    known = {
      insert: `INSERT INTO api_keys (${columns.map(({ databaseName }) => databaseName).join(', ')}) VALUES `,
      row: `(${columns.map(() => '?').join(', ')})`,
      valuesOf: (key) =>
        columns.map(({ propertyName, isJson }) => {
          const value = key[propertyName];
          return isJson && value !== null ? JSON.stringify(value) : (value as SqlValue);
        }),
    };
    columnsOf.set(dataSource, known);
  }
  return known;
}
