import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What an upper room keeps of data sources. The room registers it; sources ask without knowing the room. */
export interface SourceContent {
  /** The fields of a source that may be neither taken away nor given another type. */
  fieldsInUse(manager: EntityManager, sourceId: string): Promise<ReadonlySet<string>>;
  /** Takes note that a source takes no more points, in the transaction that archives it. */
  archived(manager: EntityManager, sourceId: string): Promise<void>;
  /** Takes note that a source that was archived takes points again, in the transaction that says so. */
  reopened(manager: EntityManager, sourceId: string): Promise<void>;
  /** Ends all that belongs to a source, in the transaction that deletes it, and says how much it was. */
  removeAll(manager: EntityManager, sourceId: string): Promise<number>;
}

/** Alert rules are all that upper rooms keep of sources: points have an interface of their own. */
@Injectable()
export class SourceContents {
  private content: SourceContent | undefined;

  register(content: SourceContent): void {
    this.content = content;
  }

  async fieldsInUse(manager: EntityManager, sourceId: string): Promise<ReadonlySet<string>> {
    return (await this.content?.fieldsInUse(manager, sourceId)) ?? new Set();
  }

  async archived(manager: EntityManager, sourceId: string): Promise<void> {
    await this.content?.archived(manager, sourceId);
  }

  async reopened(manager: EntityManager, sourceId: string): Promise<void> {
    await this.content?.reopened(manager, sourceId);
  }

  async removeAll(manager: EntityManager, sourceId: string): Promise<number> {
    return (await this.content?.removeAll(manager, sourceId)) ?? 0;
  }
}
