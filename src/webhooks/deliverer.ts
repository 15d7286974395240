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
const MOST_AT_ONCE = 64;
/** Longer than an attempt takes: what is not settled by then was lost with the server that had it, and is tried again. */
const CLAIM_MILLIS = 15_000;

const GONE = 410;

/** Sends what is in the outbox when it is due. A message counts as sent once its receiver has answered 2xx. */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly underWay = new Set<Promise<void>>();
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
      await Promise.all(this.underWay);
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
    this.underWay.add(work);
    void work.finally(() => {
      this.underWay.delete(work);
      if (!this.stop.signal.aborted) this.wake();
    });
  }

  /** Most looks find nothing, and need no turn at writing. */
  private async hasDue(): Promise<boolean> {
    const sql = "SELECT 1 FROM webhook_deliveries WHERE status = 'waiting' AND next_at <= ? LIMIT 1";
    return (await query(this.dataSource.manager, sql, [Date.now()])).length > 0;
  }

  private claim(most: number): Promise<Delivery[]> {
    return this.writer.write(async (manager) => {
      const now = Date.now();
      const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
      const sql = `SELECT id FROM webhook_deliveries WHERE status = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?${lock}`;
      const ids = (await query<{ id: string }>(manager, sql, [now, most])).map(({ id }) => id);
      if (ids.length === 0) return [];
      await manager.update(Delivery, { id: In(ids) }, { nextAt: now + CLAIM_MILLIS });
      const rows = await manager.findBy(Delivery, { id: In(ids) });
      return rows.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
    });
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { id, webhookId, payload } = delivery;
    const webhook = await this.dataSource.manager.findOneBy(Webhook, { id: webhookId });
    if (!webhook) return;
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

async function settle(manager: EntityManager, { id }: Delivery, change: Partial<Delivery>): Promise<void> {
  await manager.update(Delivery, { id }, { ...change, nextAt: null });
}
