import type { EntityManager } from 'typeorm';
import type { AuditRecorder, AuditEvent } from '../common/audit-event';
import type { CommitProof } from './commit-proof';

export interface WriteOptions {
  /**
   * How many requests the work would serve if it began now. The writer waits while that number grows, so that they share the
   * commit. Without it the work serves one.
   */
  readonly requests?: () => number;
  /** Work with the same text here never runs at the same time, on any instance of the server. */
  readonly serializeOn?: string;
  /** The work must not be done twice, as adding to a counter. Where its audit is not empty, that is seen to anyway. */
  readonly countsUp?: boolean;
  /**
   * What the work means for a full disk: work that `adds` data is refused while there is no room; work that `frees` space,
   * or ends the rights of a key, may be done twice where the reserve had to be given up for it. Else it is simply tried.
   */
  readonly space?: 'adds' | 'frees';
}

/** A transaction's work: what it does through the manager and what it notes in the audit are stored together. */
export type Work<T> = (manager: EntityManager, audit: AuditRecorder) => Promise<T>;

/** Stores what work has noted, as the last thing before the commit, and tells how to find that commit afterwards. */
export type AuditWriter = (manager: EntityManager, events: readonly AuditEvent[]) => Promise<CommitProof>;

/**
 * The one way to change the database. Each piece of work is a transaction of its own to its caller: the promise resolves
 * when its changes are on disk, and a throw undoes them and nothing else. Work talks to the database through the manager
 * that it is given, and waits for nothing but the database.
 */
export abstract class Writer {
  private keeper: AuditWriter = () => {
    throw new Error('Nobody keeps the audit: the audit room is missing');
  };

  /** How many pieces of work may run at the same time, for those who put their own work together. */
  abstract readonly atOnce: number;

  abstract write<T>(work: Work<T>, options?: WriteOptions): Promise<T>;

  /** Whether work that adds data is refused because the disk is full. Undefined where only a failed write tells: there is no reserve. */
  get isDiskFull(): boolean | undefined {
    return undefined;
  }

  /** A copy of the whole database, which was written because the SQLite file was deleted, moved or replaced. */
  get rescueFile(): string | undefined {
    return undefined;
  }

  /**
   * Calls the listener for each new connection to the database server, which may be another one than before, without its last
   * commits: what is cached of committed rows is then to be dropped. Never called on SQLite.
   */
  onConnect(listener: () => void): void {
    void listener;
  }

  /** For commands of an operator, which may take longer than requests. */
  liftDeadlines(): void {
    // SQLite has none.
  }

  /** Names the one who stores what work notes in the audit. */
  writeAuditWith(keeper: AuditWriter): void {
    this.keeper = keeper;
  }

  protected async keep(manager: EntityManager, events: readonly AuditEvent[]): Promise<CommitProof | undefined> {
    return events.length > 0 ? this.keeper(manager, events) : undefined;
  }
}
