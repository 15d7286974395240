import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Database, Statement } from 'better-sqlite3';
import type { DataSource, QueryRunner } from 'typeorm';
import { databaseFailureOf } from '../common/database-failure';
import type { AuditEvent } from '../common/audit-event';
import type { AuditStore } from './audit-store';
import { DiskReserve } from './disk-reserve';
import { gather, MAX_GROUP, nextTurn } from './gather';
import { FileWatch } from './identity/file-watch';
import { SqliteSchemaGuard } from './identity/schema-version';
import { isLocked, LONGEST_LOCK_WAIT_MILLIS, pauseForLock } from './lock-wait';
import { connectionOf } from './sqlite';
import { Writer, type Work, type WriteOptions } from './writer';

/** No further job of a group begins after this time, so that other requests do not wait long. */
const LONGEST_GROUP_MILLIS = 20;

const LOCK_WAIT_OF_STOP_MILLIS = 1000;

interface Job {
  readonly work: Work<unknown>;
  readonly requests: (() => number) | undefined;
  /** By `performance.now()`. */
  readonly queuedAt: number;
  /** Whether the job may be retried after it found the disk full. */
  readonly isRepeatable: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit for SQLite: waiting jobs share a transaction, each within a savepoint, and resolve after the common commit. The
 * writer has a dedicated connection, so that reads see only committed data.
 */
export class SqliteWriter
  extends Writer
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  override readonly atOnce = 1;
  private readonly connection: Database;
  private readonly reserve: DiskReserve;
  private readonly runner: QueryRunner;
  private readonly schema: SqliteSchemaGuard;
  private readonly file: FileWatch;
  private readonly statements: Record<'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'undo', Statement>;
  private waiting: Job[] = [];
  private longestLockWaitMillis = LONGEST_LOCK_WAIT_MILLIS;
  private running: Promise<void> | undefined;

  /** @param reserveBytes size of the file that is removed when the disk is full; 0 for none */
  constructor(
    private readonly dataSource: DataSource,
    auditStore: AuditStore,
    reserveBytes = 0,
  ) {
    super(auditStore);
    this.connection = connectionOf(dataSource);
    this.reserve = new DiskReserve(this.connection, reserveBytes);
    this.runner = dataSource.createQueryRunner();
    this.schema = new SqliteSchemaGuard(dataSource);
    this.file = new FileWatch(this.connection);
    this.statements = {
      begin: this.connection.prepare('BEGIN IMMEDIATE'),
      commit: this.connection.prepare('COMMIT'),
      rollback: this.connection.prepare('ROLLBACK'),
      savepoint: this.connection.prepare('SAVEPOINT job'),
      release: this.connection.prepare('RELEASE job'),
      undo: this.connection.prepare('ROLLBACK TO job'),
    };
  }

  write<T>(work: Work<T>, options: WriteOptions = {}): Promise<T> {
    if (options.space === 'adds' && this.reserve.isTight)
      return this.reserve.requireRoom().then(() => this.add(work, options));
    return this.add(work, options);
  }

  override get queued(): number {
    return this.waiting.length;
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
    await this.reserve.stop();
    await this.file.stop();
    await this.dataSource.destroy();
  }

  private add<T>(work: Work<T>, { space, requests }: WriteOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = { work, requests, queuedAt: performance.now(), isRepeatable: space === 'frees', reject };
      this.waiting.push({ ...job, resolve: resolve as (value: unknown) => void });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await gather(() => this.countWaiting());
      if (!(await this.begin())) continue;
      const group = this.waiting.slice(0, MAX_GROUP);
      this.waiting = this.waiting.slice(MAX_GROUP);
      const begun = await this.commitTogether(group);
      if (begun < group.length) this.waiting.unshift(...group.slice(begun));
      // Lets reads run between groups. Clients of the last group may add their next write.
      await nextTurn();
    }
    this.running = undefined;
  }

  /**
   * Begins a transaction as soon as no other process holds the lock. Does not use `busy_timeout`, which would block the event
   * loop.
   *
   * @returns false if the database fails, or all jobs have waited for 5 s; they are rejected
   */
  private async begin(): Promise<boolean> {
    const startedAt = performance.now();
    for (let attempt = 1; this.waiting.length > 0; attempt++) {
      try {
        this.file.refuseWhileMissing();
        this.statements.begin.run();
        this.schema.assert();
        return true;
      } catch (cause) {
        if (this.connection.inTransaction) this.statements.rollback.run();
        if (this.makeRoom(cause)) continue;
        if (!isLocked(cause)) {
          this.refuse(cause, () => true);
          return false;
        }
        const now = performance.now();
        this.refuse(cause, ({ queuedAt }) => now - Math.max(queuedAt, startedAt) >= this.longestLockWaitMillis);
      }
      await pauseForLock(attempt);
    }
    return false;
  }

  private refuse(cause: unknown, isRefused: (job: Job) => boolean): void {
    const refused = this.waiting.filter(isRefused);
    if (refused.length === 0) return;
    this.waiting = this.waiting.filter((job) => !isRefused(job));
    for (const { reject } of refused) reject(cause);
  }

  private countWaiting(): number {
    let count = this.waiting.length;
    for (const { requests } of this.waiting) if (requests) count += requests() - 1;
    return count;
  }

  /** Runs and commits jobs of a group, as many as the time limit allows. Returns how many. */
  private async commitTogether(group: readonly Job[]): Promise<number> {
    const begun: Job[] = [];
    try {
      const answers = await this.inTransaction(() => this.workThrough(group, begun));
      for (const answer of answers) answer();
    } catch (cause) {
      const hasRoom = this.makeRoom(cause);
      for (const job of begun) this.fail(job, cause, hasRoom);
    }
    return begun.length;
  }

  /** Removes the reserve if the disk is full. @returns whether that has freed space */
  private makeRoom(cause: unknown): boolean {
    return databaseFailureOf(cause) === 'full' && this.reserve.giveUp();
  }

  private fail(job: Job, cause: unknown, hasRoom: boolean): void {
    if (hasRoom && job.isRepeatable) this.waiting.unshift({ ...job, isRepeatable: false });
    else job.reject(cause);
  }

  private async workThrough(group: readonly Job[], begun: Job[]): Promise<(() => void)[]> {
    const answers: (() => void)[] = [];
    const noted: AuditEvent[] = [];
    // A single job is undone with its transaction. For a savepoint, SQLite copies each page before it changes it.
    const hasSavepoints = group.length > 1;
    const startedAt = performance.now();
    for (const job of group) {
      if (begun.length > 0 && performance.now() - startedAt > LONGEST_GROUP_MILLIS) break;
      begun.push(job);
      const { work, resolve } = job;
      if (hasSavepoints) this.statements.savepoint.run();
      try {
        const events: AuditEvent[] = [];
        const value = await work(this.runner.manager, (event) => events.push(event));
        noted.push(...events);
        answers.push(() => resolve(value));
      } catch (cause) {
        // If the disk is full or fails, SQLite has rolled back the whole transaction.
        if (!hasSavepoints || !this.connection.inTransaction) throw cause;
        this.statements.undo.run();
        const hasRoom = this.makeRoom(cause);
        answers.push(() => this.fail(job, cause, hasRoom));
      }
      if (hasSavepoints) this.statements.release.run();
    }
    await this.storeAudit(this.runner.manager, noted);
    return answers;
  }

  private async inTransaction<T>(work: () => Promise<T>): Promise<T> {
    // Keeps TypeORM's `save` from beginning a nested transaction.
    Object.assign(this.runner, { isTransactionActive: true, transactionDepth: 1 });
    try {
      const result = await work();
      this.file.assertPresent();
      this.statements.commit.run();
      return result;
    } catch (cause) {
      if (this.connection.inTransaction) this.statements.rollback.run();
      throw cause;
    } finally {
      Object.assign(this.runner, { isTransactionActive: false, transactionDepth: 0 });
    }
  }
}
