import type { EntityManager } from 'typeorm';
import type { AuditEvent, AuditRecorder } from '../common/audit-event';
import type { AuditStore } from './audit-store';
import type { CommitProof } from './commit-proof';

export interface WriteOptions {
  /**
   * Returns how many requests the work would serve now. The writer waits while this number grows, so that they share the commit.
   * By default one.
   */
  readonly requests?: () => number;
  /** Whether the requests are of several callers, so that none of them should wait long for others. By default false. */
  readonly isShared?: () => boolean;
  /**
   * Whether the work would block the event loop for long on SQLite. It then runs in a worker thread, where each statement takes a
   * round trip. Asked when the work is about to begin. By default false.
   */
  readonly isLong?: () => boolean;
  /**
   * Whether the work should be undone now, and rejected with `GaveWay`, so that other work does not wait longer. Asked on SQLite once a
   * transaction has taken long: see `TransactionPace`. By default false.
   *
   * @param areOthersWaiting whether other writes wait
   */
  readonly givesWay?: (areOthersWaiting: boolean) => boolean;
  /**
   * Whose work it is, if one caller can add much of it at once: on SQLite, such callers take turns with each other and with all other
   * work. On PostgreSQL, transactions run concurrently anyway.
   */
  readonly caller?: string;
  /** Work with the same value never runs concurrently, on any instance. */
  readonly serializeOn?: string;
  /** The work must not be repeated, because it adds to a counter. Work that records audit events is never repeated. */
  readonly countsUp?: boolean;
  /**
   * How to handle a full disk. Work that `adds` data is rejected without an attempt. Work that `frees` space, or revokes a key, is
   * retried after the reserve was removed. Other work is attempted once.
   */
  readonly space?: 'adds' | 'frees';
}

/** The work of a transaction. Its changes and audit events are committed together. */
export type Work<T> = (manager: EntityManager, audit: AuditRecorder) => Promise<T>;

/**
 * The only way to change the database. Each call is a separate transaction to its caller: the promise resolves when the changes
 * are on disk, and an error rolls back only these changes. Work must use the manager that it receives, and must not wait for
 * anything but the database.
 */
export abstract class Writer {
  constructor(private readonly auditStore: AuditStore) {}

  /** How many writes may run concurrently, for callers that batch their writes. */
  abstract readonly atOnce: number;

  /** How many writes wait for their turn, or for a connection. */
  abstract get queued(): number;

  abstract write<T>(work: Work<T>, options?: WriteOptions): Promise<T>;

  /** Whether writes that add data are rejected because the disk is full. Undefined without a reserve, when only a failed write shows it. */
  get isDiskFull(): boolean | undefined {
    return undefined;
  }

  /** The path of the copy that was written after the SQLite file was deleted, moved or replaced. */
  get rescueFile(): string | undefined {
    return undefined;
  }

  /**
   * Calls the listener for each new connection to the database server. After a failover the new server may lack the last commits,
   * so caches of committed rows must be dropped. Never called on SQLite.
   */
  onConnect(listener: () => void): void {
    void listener;
  }

  /** For CLI commands, which may take longer than requests. */
  liftDeadlines(): void {
    // SQLite has none.
  }

  protected async storeAudit(manager: EntityManager, events: readonly AuditEvent[]): Promise<CommitProof | undefined> {
    return events.length > 0 ? this.auditStore.append(manager, events) : undefined;
  }
}
