import type { Socket } from 'node:net';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { CallerGone, type YieldTurn } from '../common/http/yield';
import type { Caller } from './fair-queue';
import { onGone } from './gone-clients';
import { ConcurrencyLimiter, type ConcurrencyLimits } from './concurrency-limiter';
import { SERVER_STOPPING, TOO_MANY_QUERIES } from './scheduling.errors';
import { TimeSlices } from './time-slices';

const SHORTEST_RETRY_SECONDS = 1;
const LONGEST_RETRY_SECONDS = 60;
/** The weight of the latest duration in the moving average. */
const WEIGHT = 0.1;

/** The work. With `hasWaited` it did not begin at once, so earlier checks may be outdated. */
export type Work<T> = (yieldTurn: YieldTurn, hasWaited: boolean) => Promise<T>;

/**
 * Schedules long work: limits its concurrency per rotation line, per organization and in total, and interleaves it in time
 * slices. See docs/decisions/0019-fair-queries.md.
 */
@Injectable()
export class WorkScheduler implements BeforeApplicationShutdown {
  private readonly slices = new TimeSlices();
  private readonly bounds: ConcurrencyLimits;
  private readonly limiter: ConcurrencyLimiter;
  private meanSeconds = 0;
  private isStopping = false;

  constructor(@Inject(CONFIG) { queriesAtOnce, queryQueue }: Pick<Config, 'queriesAtOnce' | 'queryQueue'>) {
    this.bounds = boundsOf(queriesAtOnce, queryQueue);
    this.limiter = new ConcurrencyLimiter(this.bounds);
  }

  /**
   * Runs work for a client once a slot is free, and holds the slot until the work has settled.
   *
   * @throws ApiError `TOO_MANY_QUERIES` if the caller has too much queued work, `SERVER_STOPPING` if the work is still queued when
   *   the server stops
   * @throws CallerGone if the client has closed its connection, also from `yieldTurn`
   */
  async run<T>(caller: Caller, client: Socket, work: Work<T>): Promise<T> {
    const hasWaited = !this.limiter.tryAcquire(caller);
    if (hasWaited) await this.wait(caller, client);
    const startedAt = performance.now();
    const requireClient = () => {
      if (client.destroyed) throw new CallerGone();
    };
    try {
      const slices = await this.slices.begin(caller);
      requireClient();
      const yieldTurn = async () => {
        await slices.yieldTurn();
        requireClient();
      };
      return await work(yieldTurn, hasWaited);
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      this.meanSeconds += WEIGHT * (seconds - this.meanSeconds);
      this.limiter.release(caller);
    }
  }

  /** How much work is running, and how much is queued. */
  get load(): { readonly running: number; readonly waiting: number } {
    const { running, waiting } = this.limiter;
    return { running, waiting };
  }

  /** Rejects queued work. Running work may finish. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const waiter of this.limiter.clear()) waiter.refuse();
  }

  private wait(caller: Caller, client: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = {
        start: () => {
          stopWatching();
          resolve();
        },
        refuse: () => {
          stopWatching();
          reject(this.refusal(caller));
        },
      };
      const stopWatching = onGone(client, () => {
        this.limiter.cancel(caller, waiter);
        reject(new CallerGone());
      });
      if (this.isStopping || !this.limiter.enqueue(caller, waiter)) waiter.refuse();
    });
  }

  /** `Retry-After` is an estimate, from past durations, of when the line's queue is empty. */
  private refusal(caller: Caller): ApiError {
    if (this.isStopping)
      return new ApiError(SERVER_STOPPING, { headers: { 'Retry-After': String(SHORTEST_RETRY_SECONDS) } });
    const ahead = this.limiter.waitingOf(caller) / this.bounds.atOncePerLine;
    const wait = Math.ceil(Math.min(LONGEST_RETRY_SECONDS, Math.max(SHORTEST_RETRY_SECONDS, ahead * this.meanSeconds)));
    return new ApiError(TOO_MANY_QUERIES, { headers: { 'Retry-After': String(wait) } });
  }
}

/** A rotation line gets a quarter of the slots and an eighth of the queue, an organization three quarters of the slots; at least one each. */
export function boundsOf(atOnce: number, waiting: number): ConcurrencyLimits {
  return {
    atOnce,
    atOncePerOrganization: Math.max(1, Math.floor((atOnce * 3) / 4)),
    atOncePerLine: Math.max(1, Math.floor(atOnce / 4)),
    waiting,
    waitingPerLine: Math.ceil(waiting / 8),
  };
}
