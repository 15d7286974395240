import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { Delivery } from './delivery.entity';
import type { Places } from './places';

/** Longer than an attempt takes: what is not settled by then was lost with the server that had it, and is tried again. */
const CLAIM_MILLIS = 20_000;
/** Of what may be under way, so much is for receivers to which nothing is: those that hang cannot take it all. */
const RESERVED = 32;

/** Steps from receiver to receiver by the index: however much waits for one, it takes one look. */
const DUE_RECEIVERS = `WITH RECURSIVE receivers (receiver) AS (
    SELECT min(receiver) FROM webhook_deliveries WHERE status = 'waiting'
    UNION ALL
    SELECT (SELECT min(receiver) FROM webhook_deliveries WHERE status = 'waiting' AND receiver > before.receiver)
    FROM receivers AS before WHERE before.receiver IS NOT NULL
  ), first (receiver, due_at) AS (
    SELECT receiver, (SELECT min(next_at) FROM webhook_deliveries WHERE status = 'waiting' AND receiver = each.receiver)
    FROM receivers AS each WHERE receiver IS NOT NULL
  )
  SELECT receiver FROM first WHERE due_at <= ? ORDER BY due_at`;
const DUE_OF_RECEIVER = `SELECT id FROM webhook_deliveries
  WHERE status = 'waiting' AND receiver = ? AND next_at <= ? ORDER BY next_at, id LIMIT ?`;
const POSTPONE = 'UPDATE webhook_deliveries SET next_at = ? WHERE id = ?';

/** Takes what is due for this server alone. The `nextAt` of what was claimed is its lease, by which it is known later. */
@Injectable()
export class Claims {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {}

  /**
   * Claims up to so many deliveries that are due, of each receiver no more than it has places for: first of those to which the
   * least is under way, then of those that have waited longest.
   */
  async claim(free: number, places: Places): Promise<Delivery[]> {
    const receivers = await this.dueReceivers(places);
    // Most looks find nothing, and need no turn at writing.
    if (receivers.length === 0) return [];
    const share = Math.max(1, Math.floor(free / receivers.length));
    return this.writer.write(async (manager) => {
      const now = Date.now();
      const ids: string[] = [];
      for (const receiver of receivers) {
        const left = free - ids.length;
        const unreserved = Math.max(places.isIdle(receiver) ? 1 : 0, left - RESERVED);
        const most = Math.min(places.roomOf(receiver), share, unreserved, left);
        if (most > 0) ids.push(...(await dueOf(manager, { receiver, now, most, places })));
      }
      for (const id of ids) await query(manager, POSTPONE, [now + CLAIM_MILLIS, id]);
      const rows = ids.length === 0 ? [] : await manager.findBy(Delivery, { id: In(ids) });
      return rows.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
    });
  }

  /** Gives a claim back, unless another has it by now: what was not sent is due at once. */
  async release(delivery: Delivery): Promise<void> {
    await this.writer.write((manager) => changeClaimed(manager, delivery, { nextAt: Date.now() }));
  }

  private async dueReceivers(places: Places): Promise<string[]> {
    const rows = await query<{ receiver: string }>(this.dataSource.manager, DUE_RECEIVERS, [Date.now()]);
    return rows
      .map(({ receiver }) => ({ receiver, room: places.roomOf(receiver) }))
      .filter(({ room }) => room > 0)
      .sort((one, other) => other.room - one.room)
      .map(({ receiver }) => receiver);
  }
}

/** Changes a delivery that is still ours, and says whether it was. Another server may have it once our claim is over. */
export async function changeClaimed(
  manager: EntityManager,
  { id, nextAt }: Delivery,
  change: Partial<Delivery>,
): Promise<boolean> {
  const { affected } = await manager.update(Delivery, { id, status: 'waiting', nextAt }, change);
  return affected === 1;
}

interface Wanted {
  readonly receiver: string;
  readonly now: number;
  readonly most: number;
  readonly places: Places;
}

async function dueOf(manager: EntityManager, { receiver, now, most, places }: Wanted): Promise<string[]> {
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  // What is under way here may be due again by its lease, if time has jumped.
  const due = await query<{ id: string }>(manager, DUE_OF_RECEIVER + lock, [receiver, now, 2 * most + 8]);
  return due
    .map(({ id }) => id)
    .filter((id) => !places.isTaken(id))
    .slice(0, most);
}
