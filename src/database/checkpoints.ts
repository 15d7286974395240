import { Logger } from '@nestjs/common';
import type { Database, Statement } from 'better-sqlite3';
import { ThreadConnection } from './thread/thread-connection';

/** Pages of the WAL, 8 MB, from which on they are copied. Fewer would copy pages that change again soon. */
export const CHECKPOINT_PAGES = 2000;
/** So many pages are copied between two writes. If more were added meanwhile, they are copied beside further writes first. */
const LAST_PAGES = CHECKPOINT_PAGES / 4;
/** Looking takes 8 µs, a small commit 100. */
const LOOKS_EVERY_MILLIS = 20;
/** With so many pages that are not copied, 16 MB, writes wait. When the disk is full, the reserve must have room for them. */
export const MOST_PAGES_LEFT = 2 * CHECKPOINT_PAGES;
/** With so many pages in all, 32 MB, writes wait as well. */
export const MOST_PAGES = 4 * CHECKPOINT_PAGES;
/** Pages that writes go on adding are copied beside them so often at most. */
const MOST_ROUNDS = 4;

interface LogState {
  /** Pages in the WAL. */
  readonly log: number;
  /** How many of them are in the database file. */
  readonly checkpointed: number;
}

/**
 * Copies the WAL to the database file in a thread, while writes go on. SQLite by itself does it within the commit that fills the WAL, which
 * then takes ten times as long. The pages that were added meanwhile are few; they are copied between two writes, and the WAL starts anew.
 */
export class Checkpoints {
  private readonly logger = new Logger('Database');
  private readonly thread: ThreadConnection;
  private readonly look: Statement<[], LogState>;
  private copying: Promise<void> | undefined;
  private isRestDue = false;
  private lookedAt = -Infinity;

  /** @param connection the connection of the writer */
  constructor(connection: Database) {
    this.thread = new ThreadConnection(connection.name);
    this.look = connection.prepare<[], LogState>('PRAGMA wal_checkpoint(NOOP)');
  }

  /** Call it after each write. It resolves when the next one may begin. */
  async afterWrite(): Promise<void> {
    if (this.thread.startFailure) return;
    const now = performance.now();
    if (!this.isRestDue && now - this.lookedAt < LOOKS_EVERY_MILLIS) return;
    this.lookedAt = now;
    const { log, left } = this.pages();
    if (this.copying && (left >= MOST_PAGES_LEFT || log >= MOST_PAGES)) await this.copying;
    if (this.isRestDue) {
      this.isRestDue = false;
      await this.copy();
    } else if (!this.copying && left >= CHECKPOINT_PAGES)
      this.copying = this.copyMost().finally(() => (this.copying = undefined));
  }

  /** Resolves when no pages are being copied. */
  get idle(): Promise<void> {
    return this.copying ?? Promise.resolve();
  }

  /** Waits for the thread, and ends it. */
  async stop(): Promise<void> {
    await this.idle;
    await this.thread.close();
  }

  /** The pages in the WAL, and those that are not in the database file yet. */
  private pages(): { readonly log: number; readonly left: number } {
    try {
      const { log, checkpointed } = this.look.get() as LogState;
      return { log, left: log - checkpointed };
    } catch (cause) {
      this.failed(cause);
      return { log: 0, left: 0 };
    }
  }

  private async copyMost(): Promise<void> {
    for (let round = 1; round <= MOST_ROUNDS; round++)
      if (!(await this.copy()) || this.pages().left <= LAST_PAGES) break;
    this.isRestDue = true;
  }

  private async copy(): Promise<boolean> {
    try {
      await this.thread.ask({ kind: 'rows', sql: 'PRAGMA wal_checkpoint(PASSIVE)', values: [] });
      return true;
    } catch (cause) {
      this.failed(cause);
      return false;
    }
  }

  /** SQLite itself copies the pages once there are more of them. A thread that cannot be started is not tried again. */
  private failed(cause: unknown): void {
    this.logger.debug(`The log of the database could not be copied: ${(cause as Error).message}`);
  }
}
