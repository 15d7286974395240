import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What a bucket's statistics and its deletion count. */
export type ContentKind = 'dataSources' | 'dataPoints' | 'apiKeys' | 'alertRules';

/** A bucket as its contents are counted. */
export interface CountedBucket {
  readonly id: string;
  readonly organizationId: string;
  /** Points that are older are in no count. */
  readonly visibleFrom: number;
}

/** What an upper room keeps in buckets. The room registers it; buckets ask without knowing the room. */
export interface BucketContent {
  readonly kind: ContentKind;
  /** How many of these the bucket has; of keys, how many open now. */
  count(manager: EntityManager, bucket: CountedBucket): Promise<number>;
  /** Whether this one lives in the bucket; it stays until the transaction's end. */
  holds?(manager: EntityManager, bucketId: string, id: string): Promise<boolean>;
  /** Takes note that a bucket takes no more points, in the transaction that archives it. */
  archived?(manager: EntityManager, bucketId: string): Promise<void>;
  /** Takes note that a bucket that was archived takes points again, in the transaction that says so. */
  reopened?(manager: EntityManager, bucketId: string): Promise<void>;
  /** Ends them all, in the transaction that deletes the bucket, and says how many they were, with points that are hidden. */
  removeAll(manager: EntityManager, bucketId: string, nowMillis: number): Promise<number>;
  /** Ends what `removeAll` counted but left, once the bucket's deletion is on disk. */
  finishRemoval?(bucketId: string): Promise<void>;
}

@Injectable()
export class BucketContents {
  private readonly registered = new Map<ContentKind, BucketContent>();

  register(content: BucketContent): void {
    this.registered.set(content.kind, content);
  }

  async count(kind: ContentKind, manager: EntityManager, bucket: CountedBucket): Promise<number> {
    return (await this.registered.get(kind)?.count(manager, bucket)) ?? 0;
  }

  /** Whether this one of the kind lives in the bucket; it stays until the transaction's end. */
  async holds(kind: ContentKind, manager: EntityManager, bucketId: string, id: string): Promise<boolean> {
    return (await this.registered.get(kind)?.holds?.(manager, bucketId, id)) ?? false;
  }

  async archived(manager: EntityManager, bucketId: string): Promise<void> {
    for (const content of this.registered.values()) await content.archived?.(manager, bucketId);
  }

  async reopened(manager: EntityManager, bucketId: string): Promise<void> {
    for (const content of this.registered.values()) await content.reopened?.(manager, bucketId);
  }

  async removeAll(manager: EntityManager, bucketId: string, nowMillis: number): Promise<Record<ContentKind, number>> {
    const removed = { dataSources: 0, dataPoints: 0, apiKeys: 0, alertRules: 0 };
    for (const [kind, content] of this.registered)
      removed[kind] = await content.removeAll(manager, bucketId, nowMillis);
    return removed;
  }

  async finishRemoval(bucketId: string): Promise<void> {
    for (const content of this.registered.values()) await content.finishRemoval?.(bucketId);
  }
}
