import type { EntityManager } from 'typeorm';
import type { AuditEvent, AuditRecorder } from '../common/audit-event';
import type { AuditStore } from './audit-store';
import type { CommitProof } from './commit-proof';

export interface WriteOptions {
  /**
   * How many requests the work would serve if it began now. The writer waits while that number grows, so that they share the
   * commit. Without it the work serves one.
   */
  readonly requests?: () => number;
  /** Work with the same text here never runs at the same time, on any instance of the server. */
  readonly serializeOn?: string;
  /** The work must not be done twice, because it adds to a counter. Work that records audit events never is. */
  readonly countsUp?: boolean;
  /**
   * What the work means for a full disk: work that `adds` data is refused while there is no room; work that `frees` space,
   * or ends the rights of a key, may be done twice where the reserve had to be given up for it. Else it is simply tried.
   */
  readonly space?: 'adds' | 'frees';
}

/** The work of a transaction: its changes and the audit events that it records are committed together. */
export type Work<T> = (manager: EntityManager, audit: AuditRecorder) => Promise<T>;

/**
 * The one way to change the database. Each piece of work is a transaction of its own to its caller: the promise resolves
 * when its changes are on disk, and a throw undoes them and nothing else. Work talks to the database through the manager
 * that it is given, and waits for nothing but the database.
 */
export abstract class Writer {
  constructor(private readonly auditStore: AuditStore) {}

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

  protected async storeAudit(manager: EntityManager, events: readonly AuditEvent[]): Promise<CommitProof | undefined> {
    return events.length > 0 ? this.auditStore.append(manager, events) : undefined;
  }
}
