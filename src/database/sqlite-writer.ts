import {
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { databaseFailureOf } from '../common/database-failure';
import type { AuditEvent } from '../common/audit-event';
import type { AuditStore } from './audit-store';
import { Checkpoints } from './checkpoints';
import { DiskReserve } from './disk-reserve';
import { endOfTurn, gather, nextTurn } from './gather';
import { FileWatch } from './identity/file-watch';
import { SqliteSchemaGuard } from './identity/schema-version';
import { isLocked, LONGEST_LOCK_WAIT_MILLIS, pauseForLock } from './lock-wait';
import { connectionOf } from './sqlite';
import { SqliteJobs, type Job } from './sqlite-jobs';
import { OwnSession, ThreadSession, type SqliteSession } from './sqlite-session';
import { Writer, type Work, type WriteOptions } from './writer';

/** No further job of a group begins after this time, so that other requests do not wait long. */
const LONGEST_GROUP_MILLIS = 20;
/** The same if jobs of several callers wait. */
const LONGEST_SHARED_GROUP_MILLIS = 10;

/** Transactions that begin together with a commit hold the lock no longer, so that other processes can write. */
const LONGEST_LOCK_MILLIS = 100;

const LOCK_WAIT_OF_STOP_MILLIS = 1000;

/**
 * Group commit for SQLite: waiting jobs share a transaction, each within a savepoint, and resolve after the common commit. The
 * writer has connections of its own, so that reads see only committed data: one here, and one in a worker thread for long work.
 */
export class SqliteWriter
  extends Writer
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  override readonly atOnce = 1;
  private readonly logger = new Logger('Database');
  private readonly reserve: DiskReserve;
  private readonly checkpoints: Checkpoints;
  private readonly own: OwnSession;
  private readonly thread: ThreadSession;
  private readonly schema: SqliteSchemaGuard;
  private readonly file: FileWatch;
  private readonly waiting = new SqliteJobs();
  private longestLockWaitMillis = LONGEST_LOCK_WAIT_MILLIS;
  private running: Promise<void> | undefined;

  /** @param reserveBytes size of the file that is removed when the disk is full; 0 for none */
  constructor(
    private readonly dataSource: DataSource,
    auditStore: AuditStore,
    reserveBytes = 0,
  ) {
    super(auditStore);
    const connection = connectionOf(dataSource);
    this.reserve = new DiskReserve(connection, reserveBytes);
    this.checkpoints = new Checkpoints(connection);
    this.own = new OwnSession(dataSource);
    this.thread = new ThreadSession(dataSource);
    this.schema = new SqliteSchemaGuard(dataSource);
    this.file = new FileWatch(connection);
  }

  write<T>(work: Work<T>, options: WriteOptions = {}): Promise<T> {
    if (options.space === 'adds' && this.reserve.isTight)
      return this.reserve.requireRoom().then(() => this.add(work, options));
    return this.add(work, options);
  }

  override get queued(): number {
    return this.waiting.size;
  }

  override get isDiskFull(): boolean | undefined {
    return this.reserve.isFull;
  }

  override get rescueFile(): string | undefined {
    return this.file.rescueFile;
  }

  onApplicationBootstrap(): Promise<void> {
    this.file.start();
    return this.reserve.start();
  }

  /** Shortens the wait for a lock of another program, which would delay the shutdown. */
  beforeApplicationShutdown(): void {
    this.longestLockWaitMillis = LOCK_WAIT_OF_STOP_MILLIS;
  }

  /** Finishes waiting jobs, then closes the connection. */
  async onApplicationShutdown(): Promise<void> {
    await this.running;
    await this.thread.close();
    await this.checkpoints.stop();
    await this.reserve.stop();
    await this.file.stop();
    await this.dataSource.destroy();
  }

  private add<T>(work: Work<T>, options: WriteOptions): Promise<T> {
    const { space, caller = '', requests, isShared, isLong, givesWay } = options;
    return new Promise<T>((resolve, reject) => {
      const asked = { work, requests, isShared, isLong, givesWay, caller, isRepeatable: space === 'frees' };
      const job = { ...asked, queuedAt: performance.now(), reject };
      this.waiting.add({ ...job, resolve: resolve as (value: unknown) => void });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      // Long work does not wait to share its commit.
      if (!this.waiting.areLong) {
        await gather(
          () => this.waiting.requests,
          () => this.waiting.areShared,
        );
      }
      const session = this.sessionOfNext();
      if (session === this.own) await this.thread.rollBack();
      if (!(await this.begin(session))) continue;
      const group = this.waiting.takeGroup();
      const begun = await this.commitTogether(session, group);
      this.waiting.putBack(...group.slice(begun));
      if (this.thread.hasBegun) await this.awaitWork();
      else await this.keepLogShort();
      // Lets reads run between groups. Clients of the last group may add their next write.
      if (session === this.own) await nextTurn();
    }
    this.running = undefined;
  }

  /** Rolls back the transaction that was begun together with a commit if no work comes for it. */
  private async awaitWork(): Promise<void> {
    // Callers whose work has been committed add their next within this turn.
    if (this.waiting.size === 0) await endOfTurn();
    if (this.waiting.size === 0) await this.thread.rollBack();
  }

  private async keepLogShort(): Promise<void> {
    if (!this.reserve.isTight) return this.checkpoints.afterWrite();
    await this.checkpoints.idle;
    this.reserve.emptyLog();
  }

  /** The thread for long work, unless it could not be started, or the disk is full: its connection would let the WAL grow. */
  private sessionOfNext(): SqliteSession {
    return this.waiting.areLong && !this.reserve.isTight && !this.thread.startFailure ? this.thread : this.own;
  }

  /**
   * Begins a transaction as soon as no other process holds the lock. Does not use `busy_timeout`, which would block the event
   * loop.
   *
   * @returns false if the database fails, or all jobs have waited for 5 s: they are rejected. Also if the thread cannot be started
   */
  private async begin(session: SqliteSession): Promise<boolean> {
    const startedAt = performance.now();
    for (let attempt = 1; this.waiting.size > 0; attempt++) {
      try {
        this.file.refuseWhileMissing();
        await session.begin();
        this.schema.assert();
        return true;
      } catch (cause) {
        await session.rollBack();
        if (this.makeRoom(cause)) continue;
        if (session === this.thread && this.thread.startFailure) return this.warnOfThread(this.thread.startFailure);
        if (!isLocked(cause)) {
          this.waiting.refuse(cause, () => true);
          return false;
        }
        const now = performance.now();
        this.waiting.refuse(cause, ({ queuedAt }) => now - Math.max(queuedAt, startedAt) >= this.longestLockWaitMillis);
      }
      await pauseForLock(attempt);
    }
    return false;
  }

  private warnOfThread({ message }: Error): false {
    this.logger.warn(`No worker thread could be started, so large batches of lines are stored more slowly: ${message}`);
    return false;
  }

  /** Runs and commits jobs of a group, as many as the time limit allows. Returns how many. */
  private async commitTogether(session: SqliteSession, group: readonly Job[]): Promise<number> {
    const begun: Job[] = [];
    try {
      const answers = await this.workThrough(session, group, begun);
      this.file.assertPresent();
      await session.commit(this.isFollowed(begun));
      for (const answer of answers) answer();
    } catch (cause) {
      await session.rollBack();
      const hasRoom = this.makeRoom(cause);
      for (const job of begun) this.fail(job, cause, hasRoom);
    }
    return begun.length;
  }

  /** Whether the next transaction begins together with this commit: more long work waits, and nothing must happen between them. */
  private isFollowed(begun: readonly Job[]): boolean {
    if (performance.now() - this.thread.lockedAt > LONGEST_LOCK_MILLIS) return false;
    return begun.some(({ isLong }) => isLong?.()) && !this.reserve.isTight && !this.checkpoints.mustWait();
  }

  /** Removes the reserve if the disk is full. @returns whether that has freed space */
  private makeRoom(cause: unknown): boolean {
    return databaseFailureOf(cause) === 'full' && this.reserve.giveUp();
  }

  private fail(job: Job, cause: unknown, hasRoom: boolean): void {
    if (hasRoom && job.isRepeatable) this.waiting.putBack({ ...job, isRepeatable: false });
    else job.reject(cause);
  }

  private async workThrough(session: SqliteSession, group: readonly Job[], begun: Job[]): Promise<(() => void)[]> {
    const { manager } = session;
    const answers: (() => void)[] = [];
    const noted: AuditEvent[] = [];
    // A single job is undone with its transaction. For a savepoint, SQLite copies each page before it changes it.
    const hasSavepoints = group.length > 1;
    const startedAt = performance.now();
    const callers = new Set(group.map(({ caller }) => caller));
    const longest = callers.size > 1 ? LONGEST_SHARED_GROUP_MILLIS : LONGEST_GROUP_MILLIS;
    for (const [place, job] of group.entries()) {
      if (begun.length > 0 && performance.now() - startedAt > longest) break;
      begun.push(job);
      const { work, resolve, givesWay } = job;
      const areOthersBehind = group.some(({ caller }, at) => at > place && caller === '');
      session.beginWork(givesWay && (() => givesWay(areOthersBehind || this.waiting.areOthersWaiting)));
      if (hasSavepoints) await session.run('SAVEPOINT job');
      try {
        const events: AuditEvent[] = [];
        const value = await work(manager, (event) => events.push(event));
        noted.push(...events);
        answers.push(() => resolve(value));
      } catch (cause) {
        // If the disk is full or fails, SQLite has rolled back the whole transaction.
        if (!hasSavepoints || !session.inTransaction) throw cause;
        await session.run('ROLLBACK TO job');
        const hasRoom = this.makeRoom(cause);
        answers.push(() => this.fail(job, cause, hasRoom));
      }
      if (hasSavepoints) await session.run('RELEASE job');
    }
    session.beginWork();
    await this.storeAudit(manager, noted);
    return answers;
  }
}
