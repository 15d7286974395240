import { Logger } from '@nestjs/common';
import type { Database, Statement } from 'better-sqlite3';
import { ThreadConnection } from './thread/thread-connection';

/** Pages of the WAL, 8 MB, from which on a checkpoint begins. An earlier one would write pages that change again soon. */
export const CHECKPOINT_PAGES = 2000;
/** The most pages that are left to a checkpoint without concurrent writes. */
const LAST_PAGES = CHECKPOINT_PAGES / 4;
/** With so many pages that are not in the database file yet, 16 MB, writes wait. On a full disk, the reserve must have room for them. */
export const MOST_PAGES_LEFT = 2 * CHECKPOINT_PAGES;
/** With so many pages in the WAL, 32 MB, writes wait as well. */
export const MOST_PAGES = 4 * CHECKPOINT_PAGES;
/** Reading the size of the WAL takes 8 µs, so it is read after every commit only while a checkpoint runs. */
const LOOKS_EVERY_MILLIS = 20;
/** The most checkpoints beside writes, before one without. */
const MOST_ROUNDS = 4;

interface WalState {
  /** Pages in the WAL. */
  readonly log: number;
  /** How many of them are in the database file. */
  readonly checkpointed: number;
}

/**
 * Runs checkpoints in a worker thread, beside writes. SQLite's automatic checkpoint runs within the commit that fills the WAL, which then
 * takes ten times as long. SQLite reuses the WAL from its beginning once all of its pages are in the database file, so the few pages that
 * were written during a checkpoint get another one, between two writes.
 */
export class Checkpoints {
  private readonly logger = new Logger('Database');
  private readonly thread: ThreadConnection;
  private readonly readState: Statement<[], WalState>;
  private running: Promise<void> | undefined;
  private isLastDue = false;
  /** Whether writes wait for a running checkpoint. */
  private isFull = false;
  private lookedAt = -Infinity;

  /** @param connection the connection of the writer */
  constructor(connection: Database) {
    this.thread = new ThreadConnection(connection.name);
    this.readState = connection.prepare<[], WalState>('PRAGMA wal_checkpoint(NOOP)');
  }

  /** Call it after each write. It resolves when the next one may begin. */
  async afterWrite(): Promise<void> {
    if (!this.mustWait()) return;
    await this.running;
    if (this.isLastDue) await this.checkpoint();
    this.isLastDue = false;
    this.isFull = false;
  }

  /** Begins a checkpoint beside writes if one is due. @returns whether `afterWrite` would wait for a checkpoint */
  mustWait(): boolean {
    if (this.thread.startFailure) return false;
    const now = performance.now();
    if (this.running || now - this.lookedAt >= LOOKS_EVERY_MILLIS) {
      this.lookedAt = now;
      const { log, left } = this.pages();
      this.isFull = left >= MOST_PAGES_LEFT || log >= MOST_PAGES;
      if (!this.running && !this.isLastDue && left >= CHECKPOINT_PAGES)
        this.running = this.checkpointBesideWrites().finally(() => (this.running = undefined));
    }
    return this.isLastDue || (this.isFull && this.running !== undefined);
  }

  /** Resolves when no checkpoint is running. */
  get idle(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  /** Waits for a running checkpoint, and ends the thread. */
  async stop(): Promise<void> {
    await this.idle;
    await this.thread.close();
  }

  /** The pages in the WAL, and those that are not in the database file yet. */
  private pages(): { readonly log: number; readonly left: number } {
    try {
      const { log, checkpointed } = this.readState.get() as WalState;
      return { log, left: log - checkpointed };
    } catch (cause) {
      this.failed(cause);
      return { log: 0, left: 0 };
    }
  }

  private async checkpointBesideWrites(): Promise<void> {
    for (let round = 1; round <= MOST_ROUNDS; round++)
      if (!(await this.checkpoint()) || this.pages().left <= LAST_PAGES) break;
    this.isLastDue = true;
  }

  /** @returns false if it failed */
  private async checkpoint(): Promise<boolean> {
    try {
      await this.thread.ask({ kind: 'rows', sql: 'PRAGMA wal_checkpoint(PASSIVE)', values: [] });
      return true;
    } catch (cause) {
      this.failed(cause);
      return false;
    }
  }

  /** SQLite's automatic checkpoint remains. A thread that cannot be started is not tried again. */
  private failed(cause: unknown): void {
    this.logger.debug(`A checkpoint has failed: ${(cause as Error).message}`);
  }
}
