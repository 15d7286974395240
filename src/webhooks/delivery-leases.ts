import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { selectRows } from '../database/select-rows';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { Delivery } from './delivery.entity';
import type { ReceiverSlots } from './receiver-slots';
import { Webhook } from './webhook.entity';

/** Longer than an attempt takes. A message whose lease expires was lost with its server, and is sent again. */
const LEASE_MILLIS = 20_000;
/** Slots reserved for receivers without a running attempt, so that receivers that hang cannot take all of them. */
const RESERVED = 32;
/** Due webhooks read per receiver in one step. */
const MAX_CANDIDATES = 200;

/** Steps from receiver to receiver by the index: the cost does not depend on how many messages each one has. */
const DUE_RECEIVERS = `WITH RECURSIVE receivers (receiver) AS (
    SELECT min(receiver) FROM webhooks WHERE next_at IS NOT NULL
    UNION ALL
    SELECT (SELECT min(receiver) FROM webhooks WHERE next_at IS NOT NULL AND receiver > before.receiver)
    FROM receivers AS before WHERE before.receiver IS NOT NULL
  ), first (receiver, due_at) AS (
    SELECT receiver, (SELECT min(next_at) FROM webhooks WHERE next_at IS NOT NULL AND receiver = each.receiver)
    FROM receivers AS each WHERE receiver IS NOT NULL
  )
  SELECT receiver FROM first WHERE due_at <= ? ORDER BY due_at`;
const DUE_OF_RECEIVER = `SELECT w.id, w.attempted_at AS "attemptedAt", b.paused_until AS "pausedUntil"
  FROM webhooks w LEFT JOIN webhook_backoffs b ON b.id = w.queue AND b.paused_until > ?
  WHERE w.receiver = ? AND w.next_at <= ? ORDER BY w.next_at, w.id LIMIT ${MAX_CANDIDATES}`;
/** With the webhook's id and the least sequence. */
const OLDEST = `WHERE webhook_id = ? AND status = 'waiting' AND sequence >= ? ORDER BY sequence, created_at, id LIMIT 1`;
const END_LEASE = 'UPDATE webhooks SET next_at = ?, claimed_at = NULL WHERE id = ? AND next_at = ? AND claimed_at = ?';
const SCHEDULE = 'UPDATE webhooks SET next_at = ?, claimed_at = ? WHERE id = ?';

/** A message that this server has leased, with its webhook as of that time. */
export interface DeliveryLease {
  readonly webhook: Webhook;
  readonly delivery: Delivery;
}

export interface LeasedDeliveries {
  readonly leases: readonly DeliveryLease[];
  /** Whether more messages may be due now. */
  readonly mayBeMore: boolean;
}

interface DueRow {
  readonly id: string;
  readonly attemptedAt: number | null;
  readonly pausedUntil: number | null;
}

/**
 * Leases due messages to this server: only the oldest of each webhook, so that messages stay in order.
 * While a webhook is leased, its `nextAt` is the end of the lease and identifies it.
 */
@Injectable()
export class DeliveryLeases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {}

  /**
   * Leases up to `free` due messages, limited by each receiver's free slots. Receivers with the fewest running attempts come
   * first, then those whose messages have waited longest. Messages for a paused URL are postponed to the end of the pause.
   */
  async acquire(free: number, slots: ReceiverSlots): Promise<LeasedDeliveries> {
    const receivers = await this.dueReceivers(slots);
    // Most polls find nothing and need no write transaction.
    if (receivers.length === 0) return { leases: [], mayBeMore: false };
    const share = Math.max(1, Math.floor(free / receivers.length));
    return this.writer.write(async (manager) => {
      const now = Date.now();
      const ids: string[] = [];
      let postponed = 0;
      for (const receiver of receivers) {
        const left = free - ids.length;
        const unreserved = Math.max(slots.isIdle(receiver) ? 1 : 0, left - RESERVED);
        const most = Math.min(slots.freeSlotsOf(receiver), share, unreserved, left);
        if (most <= 0) continue;
        const due = await dueOf(manager, receiver, now, slots);
        for (const { id, pausedUntil } of due.filter((row) => row.pausedUntil !== null)) {
          await query(manager, SCHEDULE, [pausedUntil, null, id]);
          postponed += 1;
        }
        const ready = due.filter((row) => row.pausedUntil === null).sort(byLastAttempt);
        ids.push(...ready.slice(0, most).map(({ id }) => id));
      }
      for (const id of ids) await query(manager, SCHEDULE, [now + LEASE_MILLIS, now, id]);
      const leases = await leasesOf(manager, ids);
      return { leases, mayBeMore: ids.length + postponed > 0 };
    });
  }

  /** Ends a lease that this server still holds: its message is due at once. */
  async release({ webhook }: DeliveryLease): Promise<void> {
    await this.writer.write((manager) => schedule(manager, webhook, Date.now()));
  }

  private async dueReceivers(slots: ReceiverSlots): Promise<string[]> {
    const rows = await query<{ receiver: string }>(this.dataSource.manager, DUE_RECEIVERS, [Date.now()]);
    return rows
      .map(({ receiver }) => ({ receiver, free: slots.freeSlotsOf(receiver) }))
      .filter(({ free }) => free > 0)
      .sort((one, other) => other.free - one.free)
      .map(({ receiver }) => receiver);
  }
}

/** Ends the lease on a webhook, unless it has expired and another server may hold it. */
export async function schedule(
  manager: EntityManager,
  { id, nextAt, claimedAt }: Pick<Webhook, 'id' | 'nextAt' | 'claimedAt'>,
  next: number | null,
): Promise<void> {
  if (nextAt === null || claimedAt === null) return;
  await query(manager, END_LEASE, [next, id, nextAt, claimedAt]);
}

/** Whether a message of a webhook is to be sent. */
export async function hasQueued(
  manager: EntityManager,
  { id, dropBefore }: Pick<Webhook, 'id' | 'dropBefore'>,
): Promise<boolean> {
  return (await query(manager, `SELECT 1 FROM webhook_deliveries ${OLDEST}`, [id, dropBefore ?? 0])).length > 0;
}

/** The oldest queued message of a webhook that is to be sent. */
export async function findOldest(
  manager: EntityManager,
  { id, dropBefore }: Pick<Webhook, 'id' | 'dropBefore'>,
): Promise<Delivery | undefined> {
  const [oldest] = await selectRows(manager, Delivery, OLDEST, [id, dropBefore ?? 0]);
  return oldest;
}

async function dueOf(manager: EntityManager, receiver: string, now: number, slots: ReceiverSlots): Promise<DueRow[]> {
  const lock = isPostgres(manager) ? ' FOR UPDATE OF w SKIP LOCKED' : '';
  const due = await query<DueRow>(manager, DUE_OF_RECEIVER + lock, [now, receiver, now]);
  // If the clock has jumped, the lease of an attempt that is still running may look expired.
  return due.filter(({ id }) => !slots.isHeld(id));
}

async function leasesOf(manager: EntityManager, ids: readonly string[]): Promise<DeliveryLease[]> {
  const list = ids.map(() => '?').join(', ');
  const webhooks = ids.length === 0 ? [] : await selectRows(manager, Webhook, `WHERE id IN (${list})`, ids);
  const leases: DeliveryLease[] = [];
  for (const webhook of webhooks) {
    const delivery = await findOldest(manager, webhook);
    if (delivery) leases.push({ webhook, delivery });
    else await schedule(manager, webhook, null);
  }
  return leases.sort(({ delivery: one }, { delivery: other }) => one.createdAt - other.createdAt);
}

/** Least recently attempted first: webhooks that share a limit take turns. */
function byLastAttempt(one: DueRow, other: DueRow): number {
  return (one.attemptedAt ?? 0) - (other.attemptedAt ?? 0);
}
