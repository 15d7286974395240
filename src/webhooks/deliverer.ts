import { setMaxListeners } from 'node:events';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { repeat, type Repetition } from '../common/repeat';
import { answersRequests } from '../common/http/answers-requests';
import { IMMEDIATE_YIELD } from '../common/http/yield';
import { OutageLog } from '../common/outage-log';
import { watched, type Run } from '../database/watched';
import { Writer } from '../database/writer';
import { Backoffs } from './backoffs';
import { DeliveryLeases, type DeliveryLease } from './delivery-leases';
import { FailureLog } from './failure-log';
import { dropEnded, giveUp, recordAttempt, recordTest } from './attempt-result';
import { SWITCHED_OFF } from './outbox';
import { ReceiverSlots, receiverOf } from './receiver-slots';
import { notSent, Poster, type Message } from './poster';
import type { Attempt } from './sending/send';
import type { Summary } from './payload-formats';
import type { Webhook } from './webhook.entity';
import { Webhooks } from './webhooks.service';

const EVERY_MILLIS = 1000;
/** The time in a turn of the event loop after which no further delivery starts in it. */
const START_MILLIS = 2;
/** Polling, or a step of a delivery, is abandoned if the database has not answered for this long. */
const STALL_MILLIS = 15_000;
/** A pause that ends within this time gets an exact timer; later ends are found by polling. */
const LONGEST_EXACT_WAIT = 60_000;
export const MAX_AT_ONCE = 128;

/** Sends due messages of the outbox. A message is delivered once its receiver has answered 2xx. */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly failures = new FailureLog((line) => this.logger.warn(line));
  private readonly slots = new ReceiverSlots();
  /** Attempts for messages of the outbox. */
  private readonly deliveries = new Set<Promise<void>>();
  /** Attempts for test messages. */
  private readonly posts = new Set<Promise<unknown>>();
  private repetition: Repetition | undefined;
  private wakeAt = Infinity;
  private exactTimer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly writer: Writer,
    private readonly leases: DeliveryLeases,
    private readonly webhooks: Webhooks,
    private readonly poster: Poster,
    private readonly backoffs: Backoffs,
    private readonly outages: OutageLog,
    private readonly host: HttpAdapterHost,
  ) {
    // Each running attempt adds a listener: Node would warn of a leak.
    setMaxListeners(0, this.stop.signal);
  }

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    // Spread: instances that start together do not poll at the same moment.
    this.repetition = repeat(EVERY_MILLIS, () => this.wake(), { spread: true });
    this.wake();
  }

  /** Runs before the server waits for open requests: one of them may wait for the receiver of a test message. */
  beforeApplicationShutdown(): void {
    this.stop.abort();
    void this.repetition?.stop();
    clearTimeout(this.exactTimer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  /** Looks for due messages now. Call it after adding a message to the outbox. */
  wake(): void {
    if (!this.repetition) return;
    this.lookAgain = true;
    this.looking ??= this.look().finally(() => (this.looking = undefined));
  }

  /**
   * Posts a test message once, bypassing the outbox, and returns the result. It needs a free slot of its receiver and is not
   * sent without one. A success switches the webhook on and makes messages queued for the same URL due.
   */
  async post(webhook: Webhook, message: Message): Promise<Attempt> {
    const receiver = receiverOf(this.webhooks.urlOf(webhook));
    if (this.slots.freeSlotsOf(receiver) === 0) return notSent(RECEIVER_FULL);
    this.slots.acquire(message.id, receiver);
    const work = this.postSample(webhook, message);
    this.posts.add(work);
    try {
      return await work;
    } finally {
      this.posts.delete(work);
      this.slots.release(message.id);
      this.wake();
    }
  }

  /** Resolves once no message is due and no attempt is running. */
  async settled(): Promise<void> {
    while (this.looking || this.deliveries.size + this.posts.size > 0) {
      await this.looking;
      await Promise.allSettled([...this.deliveries, ...this.posts]);
    }
  }

  private async look(): Promise<void> {
    try {
      await watched({ stallMillis: STALL_MILLIS }, (run) => this.acquireAll(run));
    } catch (cause) {
      if (!this.stop.signal.aborted) this.outages.background(NOT_YET, cause);
    }
  }

  private async acquireAll(run: Run): Promise<void> {
    while (run.next() && this.lookAgain && !this.stop.signal.aborted) {
      this.lookAgain = false;
      const free = MAX_AT_ONCE - this.deliveries.size;
      if (free <= 0) continue;
      const { leases, mayBeMore } = await this.leases.acquire(free, this.slots);
      // Messages leased by an abandoned poll become due again when the lease expires.
      let turnBegan = performance.now();
      for (const lease of leases) {
        if (run.next()) await this.start(lease);
        if (performance.now() - turnBegan < START_MILLIS) continue;
        await IMMEDIATE_YIELD();
        turnBegan = performance.now();
      }
      if (mayBeMore) this.lookAgain = true;
    }
  }

  private async start(lease: DeliveryLease): Promise<void> {
    const { id, receiver } = lease.webhook;
    // While it was being leased, the server may have begun to stop, or a test message may have taken the slot.
    if (this.stop.signal.aborted || this.slots.freeSlotsOf(receiver) === 0) return this.leases.release(lease);
    this.slots.acquire(id, receiver);
    const what = `The delivery ${lease.delivery.id} will be tried again`;
    const work = this.deliver(lease).catch((cause: unknown) => this.outages.background(what, cause));
    this.deliveries.add(work);
    void work.finally(() => {
      this.deliveries.delete(work);
      this.slots.release(id);
      if (!this.stop.signal.aborted) this.wake();
    });
  }

  private async deliver(lease: DeliveryLease): Promise<void> {
    const { webhook, delivery } = lease;
    if (webhook.switchedOffAt !== null)
      return this.inTime(() => this.writer.write((manager) => giveUp(manager, lease, SWITCHED_OFF)));
    if (delivery.event === 'alert.triggered' && this.poster.isForPeople(webhook)) {
      if (await this.inTime(() => this.writer.write((manager) => dropEnded(manager, lease)))) return;
    }
    const message = { id: delivery.id, payload: delivery.payload, summary: JSON.parse(delivery.summary) as Summary };
    const attempt = await this.poster.post(webhook, message, this.stop.signal);
    // The outcome is unknown: the message is sent again after the next start.
    if (this.stop.signal.aborted && attempt.error !== null) return this.inTime(() => this.leases.release(lease));
    const noted = await this.inTime(() => this.writer.write((manager) => recordAttempt(manager, lease, attempt)));
    this.failures.note(webhook, delivery.id, attempt.error, noted);
    if (noted.pausedUntil !== null) this.wakeExactlyAt(noted.pausedUntil);
    const { queue } = webhook;
    if (attempt.error === null && queue !== null) await this.inTime((next) => this.backoffs.recovered(queue, { next }));
  }

  /** A delivery whose database call hangs releases its slot. It is sent again when its lease expires. */
  private inTime<T>(work: (next: () => boolean) => Promise<T>): Promise<T> {
    return watched({ stallMillis: STALL_MILLIS }, (run) => work(() => run.next()));
  }

  private async postSample(webhook: Webhook, message: Message): Promise<Attempt> {
    const attempt = await this.poster.post(webhook, message, this.stop.signal);
    if (this.stop.signal.aborted && attempt.error !== null) return attempt;
    await this.writer.write((manager) => recordTest(manager, webhook, attempt));
    if (attempt.error === null && webhook.queue !== null)
      await this.backoffs.recovered(webhook.queue, { endsPause: true });
    return attempt;
  }

  private wakeExactlyAt(at: number): void {
    const now = Date.now();
    if (this.wakeAt <= at && this.wakeAt > now) return;
    if (at - now > LONGEST_EXACT_WAIT || this.stop.signal.aborted) return;
    clearTimeout(this.exactTimer);
    this.wakeAt = at;
    this.exactTimer = setTimeout(() => this.wake(), Math.max(0, at - now)).unref();
  }
}

const NOT_YET = 'Webhooks could not be delivered yet';
const RECEIVER_FULL = 'Eight deliveries to this receiver are under way: try again later';
