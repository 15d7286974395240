import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, In, type EntityManager } from 'typeorm';
import { answersRequests } from '../common/http/answers-requests';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { Delivery } from './delivery.entity';
import { waitAfter } from './retry-waits';
import type { Attempt } from './send';
import type { Told } from './shapes';
import { Webhook } from './webhook.entity';
import { SWITCHED_OFF, Webhooks } from './webhooks.service';

const EVERY_MILLIS = 1000;
const MOST_AT_ONCE = 128;
/** So that one that keeps us waiting does not keep the others waiting too. */
const MOST_PER_RECEIVER = 8;
const MOST_BUSY = MOST_AT_ONCE / MOST_PER_RECEIVER;
/** Longer than an attempt takes: what is not settled by then was lost with the server that had it, and is tried again. */
const CLAIM_MILLIS = 15_000;

const GONE = 410;
const DUE = `FROM webhook_deliveries
  WHERE status = 'waiting' AND next_at <= ? AND receiver NOT IN (${Array(MOST_BUSY).fill('?').join(', ')})`;
const POSTPONE = 'UPDATE webhook_deliveries SET next_at = ? WHERE id = ?';

/** A delivery that is due, and where it goes. */
interface Due {
  readonly id: string;
  readonly receiver: string;
}

/** Sends what is in the outbox when it is due. A message counts as sent once its receiver has answered 2xx. */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly underWay = new Map<Promise<void>, string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly webhooks: Webhooks,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    this.timer = setInterval(() => this.wake(), EVERY_MILLIS).unref();
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop.abort();
    clearInterval(this.timer);
    await this.settled();
  }

  /** Looks for what is due, now: for those who have just put something into the outbox. */
  wake(): void {
    if (!this.timer) return;
    this.lookAgain = true;
    this.looking ??= this.look().finally(() => (this.looking = undefined));
  }

  /** Resolves once nothing is due or under way any more. */
  async settled(): Promise<void> {
    while (this.looking || this.underWay.size > 0) {
      await this.looking;
      await Promise.all(this.underWay.keys());
    }
  }

  private async look(): Promise<void> {
    try {
      while (this.lookAgain && !this.stop.signal.aborted) {
        this.lookAgain = false;
        const free = MOST_AT_ONCE - this.underWay.size;
        const due = free > 0 && (await this.hasDue()) ? await this.claim(free) : [];
        for (const delivery of due) this.start(delivery);
        if (due.length === free && free > 0) this.lookAgain = true;
      }
    } catch (cause) {
      if (!this.stop.signal.aborted)
        this.logger.warn(`Webhooks could not be delivered yet: ${(cause as Error).message}`);
    }
  }

  private start(delivery: Delivery): void {
    const work = this.deliver(delivery).catch((cause: unknown) => {
      this.logger.warn(`The delivery ${delivery.id} will be tried again: ${(cause as Error).message}`);
    });
    this.underWay.set(work, delivery.receiver);
    void work.finally(() => {
      this.underWay.delete(work);
      if (!this.stop.signal.aborted) this.wake();
    });
  }

  /** Most looks find nothing, and need no turn at writing. */
  private async hasDue(): Promise<boolean> {
    const values = [Date.now(), ...busyOf(this.perReceiver())];
    return (await query(this.dataSource.manager, `SELECT 1 ${DUE} LIMIT 1`, values)).length > 0;
  }

  /** Takes what is due, for as long as an attempt may take: at the most so much, and of each receiver what it has room for. */
  private claim(most: number): Promise<Delivery[]> {
    return this.writer.write(async (manager) => {
      const now = Date.now();
      const counts = this.perReceiver();
      const ids: string[] = [];
      for (;;) {
        const due = await this.nextDue(manager, { now, counts, most: most - ids.length });
        let left = 0;
        for (const { id, receiver } of due) {
          const count = counts.get(receiver) ?? 0;
          if (count >= MOST_PER_RECEIVER) left += 1;
          else {
            counts.set(receiver, count + 1);
            ids.push(id);
            await query(manager, POSTPONE, [now + CLAIM_MILLIS, id]);
          }
        }
        // What has no room keeps what is behind it from being seen.
        if (left === 0) break;
      }
      if (ids.length === 0) return [];
      const rows = await manager.findBy(Delivery, { id: In(ids) });
      return rows.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
    });
  }

  private nextDue(
    manager: EntityManager,
    { now, counts, most }: { now: number; counts: ReadonlyMap<string, number>; most: number },
  ): Promise<Due[]> {
    const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
    const sql = `SELECT id, receiver ${DUE} ORDER BY next_at, id LIMIT ?${lock}`;
    return query<Due>(manager, sql, [now, ...busyOf(counts), most]);
  }

  /** How many deliveries to each receiver are under way. */
  private perReceiver(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const receiver of this.underWay.values()) counts.set(receiver, (counts.get(receiver) ?? 0) + 1);
    return counts;
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { id, webhookId, payload } = delivery;
    const webhook = await this.dataSource.manager.findOneBy(Webhook, { id: webhookId });
    if (!webhook) {
      // Its owner has ended. The row is removed with the rest of what that left behind.
      await this.writer.write((manager) => settle(manager, delivery, { status: 'failed' }));
      return;
    }
    if (webhook.switchedOffAt !== null) {
      await this.writer.write((manager) => settle(manager, delivery, { status: 'failed', error: SWITCHED_OFF }));
      return;
    }
    const letter = { id, payload, told: JSON.parse(delivery.told) as Told };
    const attempt = await this.webhooks.post(webhook, letter, this.stop.signal);
    // Nobody knows whether it arrived: it is sent again after the next start.
    if (this.stop.signal.aborted && attempt.error !== null) return;
    await this.writer.write((manager) => this.note(manager, delivery, webhook.url, attempt));
  }

  private async note(manager: EntityManager, delivery: Delivery, url: string, attempt: Attempt): Promise<void> {
    const now = Date.now();
    const attempts = delivery.attempts + 1;
    const { status: responseStatus, error } = attempt;
    const told = { attempts, responseStatus, error: error?.slice(0, 300) ?? null, attemptedAt: now };
    if (error === null) return settle(manager, delivery, { ...told, status: 'delivered' });
    if (responseStatus === GONE) {
      await settle(manager, delivery, { ...told, status: 'failed' });
      // It may have been given another URL meanwhile.
      await manager.update(Webhook, { id: delivery.webhookId, url }, { switchedOffAt: now });
      return;
    }
    const wait = waitAfter(attempts, attempt.retryAfterMillis, Math.random());
    if (wait === undefined) return settle(manager, delivery, { ...told, status: 'failed' });
    await manager.update(Delivery, { id: delivery.id }, { ...told, nextAt: now + wait });
  }
}

/** The receivers that have no room for more, filled up with what is none. */
function busyOf(counts: ReadonlyMap<string, number>): string[] {
  const busy = [...counts].filter(([, count]) => count >= MOST_PER_RECEIVER).map(([receiver]) => receiver);
  return [...busy, ...Array<string>(MOST_BUSY - busy.length).fill('-')];
}

async function settle(manager: EntityManager, { id }: Delivery, change: Partial<Delivery>): Promise<void> {
  await manager.update(Delivery, { id }, { ...change, nextAt: null });
}
