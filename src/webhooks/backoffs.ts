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
/** Rows that are being changed are left for the next step: so many times. */
const MOST_STEPS_WITHOUT_CHANGE = 20;
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
  /** Whether a pause is over too. */
  readonly endsPause?: boolean;
  /** Asked before each step. */
  readonly next?: () => boolean;
}

type State = Pick<Backoff, 'pausedUntil' | 'pauses' | 'failedAt'>;

/** What is known of URLs that do not take everything at once. Several webhooks, of any bucket, may share one. */
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
   * After a success: makes what waits for this URL due, or due at the end of a pause.
   *
   * Once `next` says no, the rest waits for its own time.
   */
  async recovered(queue: string, { endsPause = false, next = () => true }: Recovery = {}): Promise<void> {
    const state = await read(this.dataSource.manager, queue);
    if (!state) return;
    const isPaused = state.pausedUntil > Date.now();
    const lifts = endsPause && isPaused;
    if (state.failedAt === null && state.pauses === 0 && !lifts) return;
    if (lifts) await this.writer.write((manager) => query(manager, LIFT, [queue]));
    if (state.failedAt !== null || lifts) await this.makeDue(queue, lifts ? 0 : state.pausedUntil, next);
    // Only what was known before: another attempt may have failed meanwhile.
    await this.writer.write((manager) => query(manager, CLEAR, [state.failedAt, queue]));
  }

  private async makeDue(queue: string, pausedUntil: number, next: () => boolean): Promise<void> {
    const dueAt = Math.max(Date.now(), pausedUntil);
    for (let unchanged = 0; unchanged < MOST_STEPS_WITHOUT_CHANGE && next();) {
      const changed = await this.writer.write((manager) => makeSomeDue(manager, queue, dueAt));
      if (changed === ROWS_PER_STEP) continue;
      const left = await query(this.dataSource.manager, `${WAITING} LIMIT 1`, [queue, dueAt]);
      if (left.length === 0) break;
      unchanged += 1;
      await sleep(BETWEEN_STEPS_MILLIS);
    }
  }
}

/** Notes that a URL answered with a rate limit. Until when nothing is sent there. */
export async function pause(
  manager: EntityManager,
  queue: string,
  retryAfterMillis: number | null,
  now: number,
): Promise<number> {
  await query(manager, ADD, [queue, now]);
  const before = await read(manager, queue, rowLock(manager, 'UPDATE'));
  const isPaused = before !== undefined && before.pausedUntil > now;
  // What was under way when it was paused says the same once more.
  const pauses = (before?.pauses ?? 0) + (isPaused && before.pauses > 0 ? 0 : 1);
  const until = Math.max(before?.pausedUntil ?? 0, now + pauseAfter(pauses, retryAfterMillis));
  await manager.update(Backoff, { id: queue }, { pausedUntil: until, pauses, createdAt: now });
  return until;
}

/** Notes that an attempt at a URL failed: the next success makes due what waits for it. */
export async function noteFailing(manager: EntityManager, queue: string, now: number): Promise<void> {
  await query(manager, FAILED, [queue, now, now]);
}

async function read(manager: EntityManager, queue: string, lock = ''): Promise<State | undefined> {
  const [row] = await query<State>(manager, GET + lock, [queue]);
  return row;
}

async function makeSomeDue(manager: EntityManager, queue: string, dueAt: number): Promise<number> {
  // A webhook that is being settled or written to is not waited for: it could wait for one of ours.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const some = `${WAITING} LIMIT ${ROWS_PER_STEP}${lock}`;
  return change(manager, `UPDATE webhooks SET next_at = ? WHERE id IN (${some})`, [dueAt, queue, dueAt]);
}
