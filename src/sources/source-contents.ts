import type { EntityManager } from 'typeorm';

/** The alert rules of data sources. Alerting implements it, so that sources do not depend on alerting. */
export abstract class SourceContents {
  /** The fields of a source that cannot be removed and whose type cannot change. */
  abstract fieldsInUse(manager: EntityManager, sourceId: string): Promise<ReadonlySet<string>>;

  /** Runs in the transaction that archives a source. */
  abstract archived(manager: EntityManager, sourceId: string): Promise<void>;

  /** Runs in the transaction that makes an archived source active again. */
  abstract reopened(manager: EntityManager, sourceId: string): Promise<void>;

  /** Removes everything that belongs to a source, in the transaction that deletes it, and returns the number of rows. */
  abstract removeAll(manager: EntityManager, sourceId: string): Promise<number>;
}
