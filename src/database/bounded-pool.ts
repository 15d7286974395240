import { Logger } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { repeat, type Repetition } from '../common/repeat';
import { DEADLINES } from './deadlines';
import { destroySocket, HeldConnection } from './held-connection';
import { boundsOf, LaneCounts, LANES, type Lane, type LaneBounds } from './lanes';
import { SilenceWatch } from './silence-watch';
import { DeadlineError } from './within';

const TOO_MANY_CONNECTIONS = '53300';
const LOOK_MILLIS = 250;
const NEXT_TRY_MILLIS = 250;
const GOODBYE_MILLIS = 1000;
/** After PostgreSQL had no connection left. */
const GROW_EVERY_MILLIS = 10_000;
const WARN_EVERY_MILLIS = 60_000;

type Callback = (error: Error | undefined, client: PoolClient | undefined, release: (cause?: Error) => void) => void;

interface Waiter {
  readonly lane: Lane;
  readonly resolve: (held: HeldConnection) => void;
  readonly reject: (cause: Error) => void;
  timer?: NodeJS.Timeout;
  /** Why there was no connection the last time. */
  lastCause?: Error;
  isOver: boolean;
}

/**
 * The pool of connections to PostgreSQL. Each kind of work has its share of them and queues for it, each wait and each use
 * has a deadline, and a connection that misses its deadline is destroyed. Where PostgreSQL has fewer connections left than
 * the pool may have, it makes do with those that it has.
 */
export class BoundedPool {
  /** Off while migrations run, and for commands of an operator. */
  hasDeadlines = false;
  private readonly logger = new Logger('Database');
  private readonly most: number;
  private bounds: LaneBounds;
  private readonly counts = new LaneCounts();
  private readonly waiting: Record<Lane, Waiter[]> = { keys: [], writes: [], queries: [] };
  private readonly held = new Set<HeldConnection>();
  private readonly silence = new SilenceWatch(() => this.take('keys'));
  private readonly opened = new Map<PoolClient, number>();
  /** Idle connections that are older may have been cut off without a word, as others were. */
  private suspectBefore = 0;
  private look: Repetition | undefined;
  private growth: Repetition | undefined;
  private warnedAt = -Infinity;

  constructor(private readonly pool: Pool) {
    this.most = pool.options.max;
    this.bounds = boundsOf(this.most);
    this.pool.on('connect', (client) => this.keepTrackOf(client));
  }

  /** Calls the listener for each new connection. */
  onConnect(listener: () => void): void {
    this.pool.on('connect', listener);
  }

  /** For TypeORM, whose own statements are queries. */
  connect(callback: Callback): void {
    this.take('queries').then(
      (held) => callback(undefined, held.client, (cause) => held.release(cause)),
      (cause: Error) => callback(cause, undefined, () => undefined),
    );
  }

  /**
   * A connection for one piece of work, which must release it.
   *
   * @throws DeadlineError when none is free in time, or the error of PostgreSQL that refuses one
   */
  take(lane: Lane): Promise<HeldConnection> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { lane, resolve, reject, isOver: false };
      const { waitMillis } = DEADLINES[lane];
      waiter.timer = setTimeout(() => this.giveUp(waiter, waitMillis), waitMillis);
      this.waiting[lane].push(waiter);
      this.serve();
    });
  }

  end(callback: (cause?: Error) => void): void {
    this.stop().then(() => callback(), callback);
  }

  /** Waits for the work that has a connection; work that waits for one fails. */
  private async stop(): Promise<void> {
    this.stopGrowing();
    const over = new Error('Connection terminated: the server stops');
    for (const lane of LANES) for (const waiter of this.waiting[lane].splice(0)) settle(waiter)?.reject(over);
    await this.pool.end();
    // A goodbye that is not answered must not keep the process running.
    setTimeout(() => [...this.opened.keys()].forEach(destroySocket), GOODBYE_MILLIS).unref();
  }

  private keepTrackOf(client: PoolClient): void {
    this.opened.set(client, performance.now());
    if (this.growth && this.opened.size > this.bounds.keys) this.bounds = boundsOf(this.opened.size);
    client.once('end', () => this.opened.delete(client));
    // Work that has the connection gets its failure from its statement; an event without a listener would end the process.
    client.on('error', () => undefined);
  }

  private serve(): void {
    for (const lane of LANES) {
      const waiting = this.waiting[lane];
      while (waiting.length > 0 && this.counts.admits(lane, this.bounds)) {
        const waiter = waiting.shift();
        if (waiter) this.open(waiter);
      }
    }
  }

  private open(waiter: Waiter): void {
    const { lane } = waiter;
    this.counts.add(lane);
    this.pool.connect((cause, client, release) => {
      if (!client) {
        this.counts.remove(lane);
        this.refuse(waiter, cause ?? new Error('Connection terminated'));
        return;
      }
      const held = new HeldConnection(client, lane, (failure) => {
        this.held.delete(held);
        this.counts.remove(lane);
        release(failure);
        this.serve();
      });
      this.hand(held, waiter);
    });
  }

  private hand(held: HeldConnection, waiter: Waiter): void {
    // It was opened before this pool had its bounds.
    if (!this.opened.has(held.client)) this.keepTrackOf(held.client);
    if (waiter.isOver) return held.release();
    if ((this.opened.get(held.client) ?? 0) < this.suspectBefore) {
      this.waiting[waiter.lane].unshift(waiter);
      return held.release(new Error('Connection terminated: others of its age do not answer'));
    }
    this.held.add(held);
    if (this.hasDeadlines) held.expireIn(DEADLINES[held.lane].useMillis);
    this.look ??= repeat(LOOK_MILLIS, () => this.lookAround());
    settle(waiter)?.resolve(held);
  }

  private refuse(waiter: Waiter, cause: Error): void {
    if ((cause as { code?: string }).code !== TOO_MANY_CONNECTIONS || this.pool.ending) {
      settle(waiter)?.reject(cause);
      this.serve();
      return;
    }
    this.shrink();
    if (waiter.isOver) return;
    waiter.lastCause = cause;
    this.waiting[waiter.lane].unshift(waiter);
    // A connection of this pool that becomes free serves it at once.
    setTimeout(() => this.serve(), NEXT_TRY_MILLIS).unref();
  }

  /** Makes do with the connections that there are, and those that are about to be there. */
  private shrink(): void {
    this.bounds = boundsOf(Math.max(1, this.opened.size));
    this.growth ??= repeat(GROW_EVERY_MILLIS, () => this.grow());
    const now = performance.now();
    if (now - this.warnedAt < WARN_EVERY_MILLIS) return;
    this.warnedAt = now;
    setTimeout(() => {
      this.logger.warn(
        `PostgreSQL has no more connections for this server, which uses ${this.bounds.keys} of ${this.most}. ` +
          'Raise max_connections there, or lower DAKKIO_POSTGRES_CONNECTIONS',
      );
    }, NEXT_TRY_MILLIS).unref();
  }

  /** Tries one more at a time: others may have left some. */
  private grow(): void {
    this.bounds = boundsOf(this.bounds.keys + 1);
    if (this.bounds.keys === this.most) this.stopGrowing();
    this.serve();
  }

  private stopGrowing(): void {
    void this.growth?.stop();
    this.growth = undefined;
  }

  private giveUp(waiter: Waiter, waitedMillis: number): void {
    const waiting = this.waiting[waiter.lane];
    const index = waiting.indexOf(waiter);
    if (index !== -1) waiting.splice(index, 1);
    settle(waiter)?.reject(
      waiter.lastCause ?? new DeadlineError('Waiting for a connection to the database', waitedMillis),
    );
  }

  private lookAround(): void {
    if (this.held.size === 0) {
      void this.look?.stop();
      this.look = undefined;
      return;
    }
    const now = performance.now();
    for (const held of this.held) {
      // After a pause of the whole process the answer may be there, and be read first.
      if (held.isOverdue(now)) setImmediate(() => held.isOverdue(now) && this.destroy(held));
      else if (held.lane === 'queries' && this.hasDeadlines) void this.watch(held, now);
    }
  }

  private async watch(held: HeldConnection, now: number): Promise<void> {
    if ((await this.silence.isSilent(held, now)) && !held.isReleased) this.destroy(held);
  }

  private destroy(held: HeldConnection): void {
    this.suspectBefore = performance.now();
    held.destroy(new DeadlineError('The database', performance.now() - held.takenAt));
    if (held.lane === 'queries') void this.silence.cancel(held);
  }
}

interface PostgresDriver {
  master: Pool | BoundedPool;
}

/** Puts the bounds around TypeORM's pool, for all that use it from then on. */
export function boundPool(dataSource: DataSource): BoundedPool {
  const driver = dataSource.driver as unknown as PostgresDriver;
  if (!(driver.master instanceof BoundedPool)) driver.master = new BoundedPool(driver.master);
  return driver.master;
}

/** The waiter, unless it has had its answer. */
function settle(waiter: Waiter): Waiter | undefined {
  if (waiter.isOver) return undefined;
  waiter.isOver = true;
  clearTimeout(waiter.timer);
  return waiter;
}
