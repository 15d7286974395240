import type { EntityManager } from 'typeorm';
import { change, query, rowLock } from '../database/sql';
import { noteFailing, pause } from './backoffs';
import type { DeliveryStatus } from './delivery.entity';
import { hasQueued, type DeliveryLease } from './delivery-leases';
import { LONGEST_QUEUED, pauseAfter, waitAfter } from './retry-waits';
import type { Attempt } from './sending/send';
import { LONGEST_ERROR, type Webhook } from './webhook.entity';

const GONE = 410;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

const GET = `SELECT queue, url, next_at AS "nextAt", claimed_at AS "claimedAt", failed_since AS "failedSince"
  FROM webhooks WHERE id = ?`;
const DROP = `UPDATE webhook_deliveries SET status = 'dropped', error = ?
  WHERE webhook_id = ? AND status = 'waiting' AND event = 'alert.triggered' AND sequence < ?`;
const LAST_END = `SELECT max(sequence) AS sequence FROM webhook_deliveries
  WHERE webhook_id = ? AND status = 'waiting' AND event = 'alert.resolved'`;
const DELIVERED = `UPDATE webhook_deliveries
  SET status = 'delivered', attempts = ?, response_status = ?, error = NULL, attempted_at = ? WHERE id = ?`;
const NOT_DELIVERED = `UPDATE webhook_deliveries
  SET status = ?, attempts = ?, response_status = ?, error = ?, attempted_at = ? WHERE id = ? AND status = 'waiting'`;
const GIVE_UP = "UPDATE webhook_deliveries SET status = 'failed', error = ? WHERE id = ? AND status = 'waiting'";
const ATTEMPTED = `UPDATE webhooks SET attempted_at = ?, last_error = ?, failed_since = ?,
  switched_off_at = coalesce(?, switched_off_at) WHERE id = ?`;
const SWITCH_ON = 'UPDATE webhooks SET switched_off_at = NULL WHERE id = ?';
const SWITCH_ON_AND_SEND = 'UPDATE webhooks SET switched_off_at = NULL, next_at = ? WHERE id = ?';
const END = 'UPDATE webhooks SET next_at = ?, claimed_at = NULL WHERE id = ?';
export const ENDED_MEANWHILE = 'The alert ended before this was sent: its end is sent instead';

/** The effect of a recorded attempt. */
export interface AttemptResult {
  /** Whether this is the first failure since the last success. */
  readonly beganToFail: boolean;
  /** Whether the message will not be retried. */
  readonly gaveUp: boolean;
  /** If the URL answered with a rate limit: nothing is sent to it until this time. */
  readonly pausedUntil: number | null;
}

/** The next step after a failed attempt: give up on the message, or retry it later. */
type Next = { readonly kind: 'give up' } | { readonly kind: 'retry' | 'paused'; readonly at: number };

interface Row {
  readonly queue: string | null;
  readonly url: string;
  readonly nextAt: number | null;
  readonly claimedAt: number | null;
  readonly failedSince: number | null;
}

/**
 * Records the result of an attempt and schedules the webhook's next one. A success is always recorded. A failure is
 * recorded only while this server holds the lease: later it would overwrite the result of another server.
 */
export async function recordAttempt(
  manager: EntityManager,
  lease: DeliveryLease,
  attempt: Attempt,
): Promise<AttemptResult> {
  const now = Date.now();
  const { webhook, delivery } = lease;
  const row = await lockWebhook(manager, webhook.id);
  const isOurs = row !== undefined && holdsLease(row, webhook);
  const { status: responseStatus, error } = attempt;
  if (error === null) {
    await query(manager, DELIVERED, [delivery.attempts + 1, responseStatus, now, delivery.id]);
    if (row) await noteOnWebhook(manager, webhook, row, attempt, now);
    if (isOurs) await scheduleNext(manager, webhook, now);
    return { beganToFail: false, gaveUp: false, pausedUntil: null };
  }
  if (!isOurs) return { beganToFail: false, gaveUp: false, pausedUntil: null };
  const isMoved = row.url !== webhook.url;
  const next = await nextAfter(manager, lease, { attempt, now, isMoved });
  const attempts = delivery.attempts + (next.kind === 'paused' ? 0 : 1);
  const deliveryStatus: DeliveryStatus = next.kind === 'give up' ? 'failed' : 'waiting';
  await query(manager, NOT_DELIVERED, [deliveryStatus, attempts, responseStatus, cut(error), now, delivery.id]);
  const beganToFail = await noteOnWebhook(manager, webhook, row, attempt, now);
  if (next.kind === 'give up') await scheduleNext(manager, webhook, now);
  else await end(manager, webhook, next.at);
  return {
    beganToFail,
    gaveUp: next.kind === 'give up',
    pausedUntil: next.kind === 'paused' ? next.at : null,
  };
}

/** Records the result of a test message, which is not queued. A success switches the webhook on again. */
export async function recordTest(manager: EntityManager, webhook: Webhook, attempt: Attempt): Promise<void> {
  const now = Date.now();
  const row = await lockWebhook(manager, webhook.id);
  if (!row) return;
  await noteOnWebhook(manager, webhook, row, attempt, now);
  if (row.url !== webhook.url) return;
  if (attempt.error !== null) {
    if (isRateLimit(attempt) && row.queue !== null) await pause(manager, row.queue, attempt.retryAfterMillis, now);
    return;
  }
  const isWaiting = row.claimedAt === null && row.nextAt !== null;
  if (isWaiting) await query(manager, SWITCH_ON_AND_SEND, [now, webhook.id]);
  else await query(manager, SWITCH_ON, [webhook.id]);
}

/** Gives up the leased message without an attempt, and schedules the next. */
export async function giveUp(
  manager: EntityManager,
  { webhook, delivery }: DeliveryLease,
  error: string,
): Promise<void> {
  const row = await lockWebhook(manager, webhook.id);
  if (!row || !holdsLease(row, webhook)) return;
  await query(manager, GIVE_UP, [error, delivery.id]);
  await scheduleNext(manager, webhook, Date.now());
}

/**
 * Drops queued notifications of alerts that have ended, if the notification of the end is queued too.
 *
 * @returns whether the leased message was dropped, which also ends the lease
 */
export async function dropEnded(manager: EntityManager, { webhook, delivery }: DeliveryLease): Promise<boolean> {
  const row = await lockWebhook(manager, webhook.id);
  if (!row || !holdsLease(row, webhook)) return true;
  const [last] = await query<{ sequence: number | null }>(manager, LAST_END, [webhook.id]);
  if (last?.sequence == null || last.sequence <= delivery.sequence) return false;
  await change(manager, DROP, [ENDED_MEANWHILE, webhook.id, last.sequence]);
  await scheduleNext(manager, webhook, Date.now());
  return true;
}

/** Responses that mean a rate limit. */
function isRateLimit({ status, retryAfterMillis }: Attempt): boolean {
  return status === TOO_MANY_REQUESTS || (status === UNAVAILABLE && retryAfterMillis !== null);
}

interface Failed {
  readonly attempt: Attempt;
  readonly now: number;
  /** Whether the webhook's URL has changed since the message was leased. */
  readonly isMoved: boolean;
}

async function nextAfter(
  manager: EntityManager,
  { webhook, delivery }: DeliveryLease,
  { attempt, now, isMoved }: Failed,
): Promise<Next> {
  const { status, retryAfterMillis } = attempt;
  const endsAt = delivery.queuedAt + LONGEST_QUEUED;
  if (isRateLimit(attempt)) {
    const own = now + pauseAfter(1, retryAfterMillis);
    const until = webhook.queue === null ? own : await pause(manager, webhook.queue, retryAfterMillis, now);
    if (isMoved) return { kind: 'paused', at: now };
    return now >= endsAt ? { kind: 'give up' } : { kind: 'paused', at: until };
  }
  if (status !== null && status >= 400 && status < 500) return { kind: 'give up' };
  if (webhook.queue !== null) await noteFailing(manager, webhook.queue, now);
  if (isMoved) return { kind: 'retry', at: now };
  const wait = waitAfter(delivery.attempts + 1, retryAfterMillis, Math.random());
  if (wait === undefined || now >= endsAt) return { kind: 'give up' };
  return { kind: 'retry', at: Math.min(now + wait, endsAt) };
}

async function lockWebhook(manager: EntityManager, id: string): Promise<Row | undefined> {
  const [row] = await query<Row>(manager, GET + rowLock(manager, 'UPDATE'), [id]);
  return row;
}

function holdsLease(row: Row, { nextAt, claimedAt }: Webhook): boolean {
  if (row.nextAt === null || row.claimedAt === null) return false;
  return row.nextAt === nextAt && row.claimedAt === claimedAt;
}

/** Returns whether the webhook began to fail. Results of a URL that was replaced are ignored. */
async function noteOnWebhook(
  manager: EntityManager,
  { id, url }: Webhook,
  row: Row,
  { status, error }: Attempt,
  now: number,
): Promise<boolean> {
  if (row.url !== url) return false;
  const failedSince = error === null ? null : (row.failedSince ?? now);
  await query(manager, ATTEMPTED, [now, cut(error), failedSince, status === GONE ? now : null, id]);
  return error !== null && row.failedSince === null;
}

/** Ends a lease: the next message, if there is one, is due at once. */
async function scheduleNext(manager: EntityManager, webhook: Webhook, now: number): Promise<void> {
  await end(manager, webhook, (await hasQueued(manager, webhook)) ? now : null);
}

async function end(manager: EntityManager, { id }: Webhook, nextAt: number | null): Promise<void> {
  await query(manager, END, [nextAt, id]);
}

function cut(error: string | null): string | null {
  return error === null ? null : error.slice(0, LONGEST_ERROR);
}
