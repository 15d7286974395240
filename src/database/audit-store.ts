import type { EntityManager } from 'typeorm';
import type { AuditEvent } from '../common/audit-event';
import type { CommitProof } from './commit-proof';

/** Stores audit events. The audit room provides it, so that the writer does not depend on that room. */
export abstract class AuditStore {
  /**
   * Adds the events of a transaction, as its last statement before the commit.
   *
   * @returns how to find out later whether the transaction was committed
   */
  abstract append(manager: EntityManager, events: readonly AuditEvent[]): Promise<CommitProof>;
}
