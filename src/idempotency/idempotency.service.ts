import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../common/canonical-json';
import { ApiError } from '../common/errors';
import { ExpiredRows } from '../database/expired-rows';
import { query } from '../database/sql';
import type { Retry } from './current-retry.decorator';
import { ALREADY_PROCESSED, KEY_REUSED } from './idempotency.errors';

export type { Retry } from './current-retry.decorator';

const HOUR_MILLIS = 3_600_000;
export const KEPT_MILLIS = 24 * HOUR_MILLIS;

/** An expired record is replaced by the new one. On PostgreSQL the second of two concurrent requests waits for the first. */
const RECORD = `INSERT INTO idempotency_records (id, fingerprint, api_key_ids, created_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE
  SET fingerprint = excluded.fingerprint, api_key_ids = excluded.api_key_ids, created_at = excluded.created_at
  WHERE idempotency_records.created_at <= ? RETURNING id`;
const FIND = `SELECT fingerprint, api_key_ids AS "apiKeyIds" FROM idempotency_records WHERE id = ?`;

/** Makes creations safe to retry: nothing is created twice. */
@Injectable()
export class Idempotency {
  constructor(expiredRows: ExpiredRows) {
    expiredRows.register({ table: 'idempotency_records', keptMillis: KEPT_MILLIS });
  }

  /**
   * Records in the creation's own transaction what a request created. Without a `Retry` it does nothing. If it throws, the
   * transaction must be rolled back.
   *
   * @throws ApiError `ALREADY_PROCESSED` with the ids of what was created within the last 24 hours; `KEY_REUSED` if that was
   *   another request; and the error of a new request that was sent too late
   */
  async record(
    manager: EntityManager,
    organizationId: string,
    retry: Retry | undefined,
    apiKeyIds: readonly string[],
    nowMillis = Date.now(),
  ): Promise<void> {
    if (!retry) return;
    const id = sha256(canonicalJson([organizationId, retry.route, retry.key]));
    const fingerprint = sha256(canonicalJson(retry.content));
    const values = [id, fingerprint, JSON.stringify(apiKeyIds), nowMillis, nowMillis - KEPT_MILLIS];
    const recorded = await query(manager, RECORD, values);
    if (recorded.length > 0) {
      if (retry.late) throw retry.late;
      return;
    }
    const [before] = await query<{ fingerprint: string; apiKeyIds: string }>(manager, FIND, [id]);
    if (before?.fingerprint !== fingerprint) throw new ApiError(KEY_REUSED);
    throw new ApiError(ALREADY_PROCESSED, { body: named(JSON.parse(before.apiKeyIds) as string[], retry) });
  }
}

function named(ids: readonly string[], { of, many }: Retry): Record<string, unknown> {
  return many || ids.length !== 1 ? { [`${of}Ids`]: ids } : { [`${of}Id`]: ids[0] };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
