import { setMaxListeners } from 'node:events';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { answersRequests } from '../common/http/answers-requests';
import { Writer } from '../database/writer';
import { changeClaimed, Claims } from './claims';
import type { Delivery } from './delivery.entity';
import { noteOutcome } from './outcome';
import { Places, receiverOf } from './places';
import type { Attempt } from './sending/send';
import type { Told } from './shapes';
import { Webhook } from './webhook.entity';
import { notSent, SWITCHED_OFF, Webhooks, type Letter } from './webhooks.service';

const EVERY_MILLIS = 1000;
export const MOST_AT_ONCE = 128;

/** Sends what is in the outbox when it is due. A message counts as sent once its receiver has answered 2xx. */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly places = new Places();
  /** Of the outbox, and beside it. */
  private readonly deliveries = new Set<Promise<void>>();
  private readonly posts = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly claims: Claims,
    private readonly webhooks: Webhooks,
    private readonly host: HttpAdapterHost,
  ) {
    // Each attempt has one on it until it is over: Node would warn of a leak.
    setMaxListeners(0, this.stop.signal);
  }

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    this.timer = setInterval(() => this.wake(), EVERY_MILLIS).unref();
    this.wake();
  }

  /** Before open requests are waited for: one of them may be a post that waits for its receiver. */
  beforeApplicationShutdown(): void {
    this.stop.abort();
    clearInterval(this.timer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  /** Looks for what is due, now: for those who have just put something into the outbox. */
  wake(): void {
    if (!this.timer) return;
    this.lookAgain = true;
    this.looking ??= this.look().finally(() => (this.looking = undefined));
  }

  /**
   * Posts a message once, now and beside the outbox, and says what came of it. It takes one of its receiver's places, and is not
   * sent where none is free.
   */
  async post(webhook: Webhook, letter: Letter): Promise<Attempt> {
    const receiver = receiverOf(this.webhooks.urlOf(webhook));
    if (this.places.roomOf(receiver) === 0) return notSent(RECEIVER_FULL);
    this.places.take(letter.id, receiver);
    const work = this.webhooks.post(webhook, letter, this.stop.signal);
    this.posts.add(work);
    try {
      return await work;
    } finally {
      this.posts.delete(work);
      this.places.leave(letter.id);
      this.wake();
    }
  }

  /** Resolves once nothing is due or under way any more. */
  async settled(): Promise<void> {
    while (this.looking || this.deliveries.size + this.posts.size > 0) {
      await this.looking;
      await Promise.allSettled([...this.deliveries, ...this.posts]);
    }
  }

  private async look(): Promise<void> {
    try {
      while (this.lookAgain && !this.stop.signal.aborted) {
        this.lookAgain = false;
        const free = MOST_AT_ONCE - this.deliveries.size;
        const claimed = free > 0 ? await this.claims.claim(free, this.places) : [];
        for (const delivery of claimed) await this.start(delivery);
        if (claimed.length > 0) this.lookAgain = true;
      }
    } catch (cause) {
      if (!this.stop.signal.aborted)
        this.logger.warn(`Webhooks could not be delivered yet: ${(cause as Error).message}`);
    }
  }

  private async start(delivery: Delivery): Promise<void> {
    const { id, receiver } = delivery;
    // The server may have begun to stop, or a post have taken the place, while it was claimed.
    if (this.stop.signal.aborted || this.places.roomOf(receiver) === 0) return this.claims.release(delivery);
    this.places.take(id, receiver);
    const work = this.deliver(delivery).catch((cause: unknown) => {
      this.logger.warn(`The delivery ${id} will be tried again: ${(cause as Error).message}`);
    });
    this.deliveries.add(work);
    void work.finally(() => {
      this.deliveries.delete(work);
      this.places.leave(id);
      if (!this.stop.signal.aborted) this.wake();
    });
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { id, webhookId, payload } = delivery;
    const webhook = await this.dataSource.manager.findOneBy(Webhook, { id: webhookId });
    // Its owner has ended. The row is removed with the rest of what that left behind.
    if (!webhook) return this.giveUp(delivery, null);
    if (webhook.switchedOffAt !== null) return this.giveUp(delivery, SWITCHED_OFF);
    const letter = { id, payload, told: JSON.parse(delivery.told) as Told };
    const attempt = await this.webhooks.post(webhook, letter, this.stop.signal);
    // Nobody knows whether it arrived: it is sent again after the next start.
    if (this.stop.signal.aborted && attempt.error !== null) return this.claims.release(delivery);
    await this.writer.write((manager) => noteOutcome(manager, delivery, webhook.url, attempt));
  }

  private async giveUp(delivery: Delivery, error: string | null): Promise<void> {
    await this.writer.write((manager) => changeClaimed(manager, delivery, { status: 'failed', error, nextAt: null }));
  }
}

const RECEIVER_FULL = 'Eight deliveries to this receiver are under way: try again later';
