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
  /** Why the last attempt to connect failed. */
  lastCause?: Error;
  isOver: boolean;
}

/**
 * The pool of connections to PostgreSQL. Each lane has a share of them and a queue. Each wait and each use has a deadline, and a
 * connection that misses its deadline is destroyed. If PostgreSQL has no connection left, the pool shrinks to those that are
 * open.
 */
export class BoundedPool {
  /** False during migrations and for CLI commands. */
  hasDeadlines = false;
  private readonly logger = new Logger('Database');
  private readonly most: number;
  private bounds: LaneBounds;
  private readonly counts = new LaneCounts();
  private readonly waiting: Record<Lane, Waiter[]> = { keys: [], writes: [], queries: [] };
  private readonly held = new Set<HeldConnection>();
  private readonly silence = new SilenceWatch(() => this.take('keys'));
  private readonly opened = new Map<PoolClient, number>();
  /** Idle connections opened before this time may be dead, because a connection of their age stopped responding. */
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

  /** The interface of `pg.Pool` for TypeORM, whose statements use the `queries` lane. */
  connect(callback: Callback): void {
    this.take('queries').then(
      (held) => callback(undefined, held.client, (cause) => held.release(cause)),
      (cause: Error) => callback(cause, undefined, () => undefined),
    );
  }

  /**
   * Takes a connection for one piece of work. The caller must release it.
   *
   * @throws DeadlineError if no connection is free in time, or PostgreSQL's error if it refuses one
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

  /** How many pieces of work wait for a connection of this lane. */
  waitingFor(lane: Lane): number {
    return this.waiting[lane].length;
  }

  end(callback: (cause?: Error) => void): void {
    this.stop().then(() => callback(), callback);
  }

  /** Waits for running work; work that waits for a connection fails. */
  private async stop(): Promise<void> {
    this.stopGrowing();
    const over = new Error('Connection terminated: the server stops');
    for (const lane of LANES) for (const waiter of this.waiting[lane].splice(0)) settle(waiter)?.reject(over);
    await this.pool.end();
    // A server that does not respond must not keep the process running.
    setTimeout(() => [...this.opened.keys()].forEach(destroySocket), GOODBYE_MILLIS).unref();
  }

  private keepTrackOf(client: PoolClient): void {
    this.opened.set(client, performance.now());
    if (this.growth && this.opened.size > this.bounds.keys) this.bounds = boundsOf(this.opened.size);
    client.once('end', () => this.opened.delete(client));
    // The statement reports the failure. Without a listener the event would end the process.
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
    // Connections that TypeORM opened before `boundPool` are not tracked yet.
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
    // If a connection of this pool is released earlier, it is used at once.
    setTimeout(() => this.serve(), NEXT_TRY_MILLIS).unref();
  }

  /** Limits the pool to the connections that are open. */
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

  /** Raises the limit by one: PostgreSQL may have free connections again. */
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
      // After a pause of the whole process, the response may already be in the socket: it is read first.
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

/** Replaces TypeORM's pool by a bounded one. */
export function boundPool(dataSource: DataSource): BoundedPool {
  const driver = dataSource.driver as unknown as PostgresDriver;
  if (!(driver.master instanceof BoundedPool)) driver.master = new BoundedPool(driver.master);
  return driver.master;
}

/** Marks a waiter as settled; undefined if it already was. */
function settle(waiter: Waiter): Waiter | undefined {
  if (waiter.isOver) return undefined;
  waiter.isOver = true;
  clearTimeout(waiter.timer);
  return waiter;
}
