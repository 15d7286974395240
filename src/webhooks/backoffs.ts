import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { ExpiredRows } from '../database/expired-rows';
import { change, isPostgres, query, rowLock } from '../database/sql';
import { Writer } from '../database/writer';
import { Backoff } from './backoff.entity';
import { pauseAfter } from './retry-waits';

export const BACKOFFS_KEPT_MILLIS = 2 * 86_400_000;
const ROWS_PER_STEP = 500;
/** Rows that other transactions hold are skipped and retried, at most this many times. */
const MAX_STEPS_WITHOUT_CHANGE = 20;
const BETWEEN_STEPS_MILLIS = 50;

const ADD = `INSERT INTO webhook_backoffs (id, paused_until, pauses, failed_at, created_at) VALUES (?, 0, 0, NULL, ?)
  ON CONFLICT (id) DO NOTHING`;
const FAILED = `INSERT INTO webhook_backoffs (id, paused_until, pauses, failed_at, created_at) VALUES (?, 0, 0, ?, ?)
  ON CONFLICT (id) DO UPDATE SET failed_at = excluded.failed_at, created_at = excluded.created_at`;
const GET = `SELECT paused_until AS "pausedUntil", pauses, failed_at AS "failedAt"
  FROM webhook_backoffs WHERE id = ?`;
const WAITING = 'SELECT id FROM webhooks WHERE queue = ? AND next_at > ? AND claimed_at IS NULL';
const LIFT = 'UPDATE webhook_backoffs SET paused_until = 0 WHERE id = ?';
const CLEAR = `UPDATE webhook_backoffs SET pauses = 0,
  failed_at = CASE WHEN failed_at = ? THEN NULL ELSE failed_at END WHERE id = ?`;

interface Recovery {
  /** Whether the success also ends a pause. */
  readonly endsPause?: boolean;
  /** Called before each step; false stops the work. */
  readonly next?: () => boolean;
}

type State = Pick<Backoff, 'pausedUntil' | 'pauses' | 'failedAt'>;

/** Rate limits and failures per URL. Several webhooks, in any buckets, may share a URL. */
@Injectable()
export class Backoffs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'webhook_backoffs', keptMillis: BACKOFFS_KEPT_MILLIS });
  }

  /**
   * Call it after a success: messages queued for this URL become due now, or when its pause ends.
   *
   * Once `next` returns false, the remaining messages keep their scheduled times.
   */
  async recovered(queue: string, { endsPause = false, next = () => true }: Recovery = {}): Promise<void> {
    const state = await read(this.dataSource.manager, queue);
    if (!state) return;
    const isPaused = state.pausedUntil > Date.now();
    const lifts = endsPause && isPaused;
    if (state.failedAt === null && state.pauses === 0 && !lifts) return;
    if (lifts) await this.writer.write((manager) => query(manager, LIFT, [queue]));
    if (state.failedAt !== null || lifts) await this.makeDue(queue, lifts ? 0 : state.pausedUntil, next);
    // Another attempt may have failed since the state was read: only that state is cleared.
    await this.writer.write((manager) => query(manager, CLEAR, [state.failedAt, queue]));
  }

  private async makeDue(queue: string, pausedUntil: number, next: () => boolean): Promise<void> {
    const dueAt = Math.max(Date.now(), pausedUntil);
    for (let unchanged = 0; unchanged < MAX_STEPS_WITHOUT_CHANGE && next();) {
      const changed = await this.writer.write((manager) => makeSomeDue(manager, queue, dueAt));
      if (changed === ROWS_PER_STEP) continue;
      const left = await query(this.dataSource.manager, `${WAITING} LIMIT 1`, [queue, dueAt]);
      if (left.length === 0) break;
      unchanged += 1;
      await sleep(BETWEEN_STEPS_MILLIS);
    }
  }
}

/** Pauses a URL that answered with a rate limit. Returns when the pause ends. */
export async function pause(
  manager: EntityManager,
  queue: string,
  retryAfterMillis: number | null,
  now: number,
): Promise<number> {
  await query(manager, ADD, [queue, now]);
  const before = await read(manager, queue, rowLock(manager, 'UPDATE'));
  const isPaused = before !== undefined && before.pausedUntil > now;
  // Attempts that were in flight when the pause began report the same rate limit: count it once.
  const pauses = (before?.pauses ?? 0) + (isPaused && before.pauses > 0 ? 0 : 1);
  const until = Math.max(before?.pausedUntil ?? 0, now + pauseAfter(pauses, retryAfterMillis));
  await manager.update(Backoff, { id: queue }, { pausedUntil: until, pauses, createdAt: now });
  return until;
}

/** Records a failed attempt at a URL: after the next success, its queued messages become due at once. */
export async function noteFailing(manager: EntityManager, queue: string, now: number): Promise<void> {
  await query(manager, FAILED, [queue, now, now]);
}

async function read(manager: EntityManager, queue: string, lock = ''): Promise<State | undefined> {
  const [row] = await query<State>(manager, GET + lock, [queue]);
  return row;
}

async function makeSomeDue(manager: EntityManager, queue: string, dueAt: number): Promise<number> {
  // Skips locked rows: waiting for them could deadlock.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const some = `${WAITING} LIMIT ${ROWS_PER_STEP}${lock}`;
  return change(manager, `UPDATE webhooks SET next_at = ? WHERE id IN (${some})`, [dueAt, queue, dueAt]);
}
