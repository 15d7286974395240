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
/** How much the latest duration weighs in the mean. */
const WEIGHT = 0.1;

/** The work itself. `hasWaited` says that it did not begin at once: what was checked before may have changed since. */
export type Work<T> = (yieldTurn: YieldTurn, hasWaited: boolean) => Promise<T>;

/**
 * Runs long work: few pieces at a time for each line of keys, each organization and in all, and their slices in turn. See
 * docs/decisions/0019-fair-queries.md.
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
   * Runs work for a client once a slot is free, which it holds until its promise settles.
   *
   * @throws ApiError `TOO_MANY_QUERIES` where its caller has too much waiting, `SERVER_STOPPING` where it still waits when the
   *   server stops
   * @throws CallerGone from `yieldTurn`, or while it waits, when the client has closed its connection
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

  /** How many pieces of work are running, and how many wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    const { running, waiting } = this.limiter;
    return { running, waiting };
  }

  /** Waiting work is refused now, and running work may finish. */
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

  /** Estimates from past durations when the line's queue has drained. */
  private refusal(caller: Caller): ApiError {
    if (this.isStopping)
      return new ApiError(SERVER_STOPPING, { headers: { 'Retry-After': String(SHORTEST_RETRY_SECONDS) } });
    const ahead = this.limiter.waitingOf(caller) / this.bounds.atOncePerLine;
    const wait = Math.ceil(Math.min(LONGEST_RETRY_SECONDS, Math.max(SHORTEST_RETRY_SECONDS, ahead * this.meanSeconds)));
    return new ApiError(TOO_MANY_QUERIES, { headers: { 'Retry-After': String(wait) } });
  }
}

/** A line has a quarter of the places, an organization three; a line an eighth of the queue. Each has one at least. */
export function boundsOf(atOnce: number, waiting: number): ConcurrencyLimits {
  return {
    atOnce,
    atOncePerOrganization: Math.max(1, Math.floor((atOnce * 3) / 4)),
    atOncePerLine: Math.max(1, Math.floor(atOnce / 4)),
    waiting,
    waitingPerLine: Math.ceil(waiting / 8),
  };
}
