import { createHash } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../common/canonical-json';
import { ApiError } from '../common/errors';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import type { Retry } from './current-retry.decorator';
import { ALREADY_PROCESSED, KEY_REUSED } from './idempotency.errors';

export type { Retry } from './current-retry.decorator';

const HOUR_MILLIS = 3_600_000;
const KEPT_MILLIS = 24 * HOUR_MILLIS;
const ROWS_PER_STEP = 500;

/** A record that is too old counts as none: the new one takes its place. On PostgreSQL the second of two waits for the first. */
const RECORD = `INSERT INTO idempotency_records (id, fingerprint, api_key_ids, created_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE
  SET fingerprint = excluded.fingerprint, api_key_ids = excluded.api_key_ids, created_at = excluded.created_at
  WHERE idempotency_records.created_at <= ? RETURNING id`;
const FIND = `SELECT fingerprint, api_key_ids AS "apiKeyIds" FROM idempotency_records WHERE id = ?`;
const FIND_OLD = `SELECT id FROM idempotency_records WHERE created_at <= ? ORDER BY created_at LIMIT ${ROWS_PER_STEP}`;

/** Lets a creation be asked for again without making anything twice. */
@Injectable()
export class Idempotency implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Idempotency');
  private timer: NodeJS.Timeout | undefined;
  private removing = Promise.resolve();

  constructor(private readonly writer: Writer) {}

  onApplicationBootstrap(): void {
    void this.removeOld();
    this.timer = setInterval(() => void this.removeOld(), HOUR_MILLIS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.removing;
  }

  /**
   * Notes in the creation's own transaction that these keys are made for a request. Without a `Retry` it does nothing.
   * Where it throws, the transaction must be undone.
   *
   * @throws ApiError `ALREADY_PROCESSED`, whose body has the ids of what was made within the last 24 hours; `KEY_REUSED`
   *   where that was for another request
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
    const fingerprint = sha256(canonicalJson(retry.wanted));
    const values = [id, fingerprint, JSON.stringify(apiKeyIds), nowMillis, nowMillis - KEPT_MILLIS];
    const recorded = await query(manager, RECORD, values);
    if (recorded.length > 0) return;
    const [before] = await query<{ fingerprint: string; apiKeyIds: string }>(manager, FIND, [id]);
    if (before?.fingerprint !== fingerprint) throw new ApiError(KEY_REUSED);
    throw new ApiError(ALREADY_PROCESSED, { body: named(JSON.parse(before.apiKeyIds) as string[], retry) });
  }

  /** Removes what counts no more, in steps that hold nobody up. What fails is done an hour later. */
  removeOld(nowMillis = Date.now()): Promise<void> {
    return (this.removing = this.removing.then(() => this.removeUpTo(nowMillis - KEPT_MILLIS)));
  }

  private async removeUpTo(createdAt: number): Promise<void> {
    try {
      const serializeOn = 'removal of idempotency records';
      while (await this.writer.write((manager) => removeSome(manager, createdAt), { serializeOn }));
    } catch (cause) {
      this.logger.warn(`Old idempotency records could not be removed: ${(cause as Error).message}`);
    }
  }
}

/** Whether there may be more of them. */
async function removeSome(manager: EntityManager, createdAt: number): Promise<boolean> {
  const old = (await query<{ id: string }>(manager, FIND_OLD, [createdAt])).map(({ id }) => id);
  const holes = old.map(() => '?').join(', ');
  if (old.length > 0) await query(manager, `DELETE FROM idempotency_records WHERE id IN (${holes})`, old);
  return old.length === ROWS_PER_STEP;
}

function named(apiKeyIds: readonly string[], { many }: Retry): Record<string, unknown> {
  return many || apiKeyIds.length !== 1 ? { apiKeyIds } : { apiKeyId: apiKeyIds[0] };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
