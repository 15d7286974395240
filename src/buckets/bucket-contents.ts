import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';

/** A bucket as its contents are counted. */
export interface CountedBucket {
  readonly id: string;
  readonly organizationId: string;
  /** Points that are older are not counted. */
  readonly visibleFrom: number;
}

/** Content of one kind. Buckets do not depend on the rooms that store it: those provide the abstract classes below. */
abstract class BucketContent {
  abstract count(manager: EntityManager, bucket: CountedBucket, yieldTurn?: YieldTurn): Promise<number>;

  /** Deletes all of it in the transaction that deletes the bucket. @returns the number, with points that retention hides */
  abstract removeAll(manager: EntityManager, bucketId: string, nowMillis: number): Promise<number>;
}

/** API keys of a bucket. `count` returns those that are accepted now. */
export abstract class KeysInBucket extends BucketContent {
  /** Deletes what `removeAll` counted but left, after the bucket's deletion is committed. */
  abstract finishRemoval(bucketId: string): Promise<void>;
}

export abstract class SourcesInBucket extends BucketContent {
  /** Whether the bucket has this data source, which then stays until the transaction's end. */
  abstract lock(manager: EntityManager, bucketId: string, id: string): Promise<boolean>;
}

/** A bucket as lists show its contents. */
export interface ListedBucket extends CountedBucket {
  readonly retentionDays: number | null;
}

/** The contents of a bucket in a list. */
export interface BucketFigures {
  readonly dataSourceCount: number;
  /** Points that are visible under the retention. */
  readonly dataPointCount: number;
  /** An estimate: the share of its points in the size of the database. */
  readonly storageBytes: number;
  /** The time of the latest point in milliseconds since 1970; null without points. */
  readonly lastDataAt: number | null;
  /** The average over the last seven days, or over the days of a shorter retention. */
  readonly dataPointsPerDay: number;
}

export abstract class PointsInBucket extends BucketContent {
  /** The contents of several buckets, in their order. */
  abstract figuresOf(
    manager: EntityManager,
    buckets: readonly ListedBucket[],
    nowMillis: number,
    yieldTurn: YieldTurn,
  ): Promise<BucketFigures[]>;
}

/** Alert rules of a bucket. */
export abstract class RulesInBucket extends BucketContent {
  /** Runs in the transaction that archives the bucket, which then accepts no points. */
  abstract archived(manager: EntityManager, bucketId: string): Promise<void>;

  /** Runs in the transaction that makes an archived bucket active again. */
  abstract reopened(manager: EntityManager, bucketId: string): Promise<void>;
}

/** How much of each kind was deleted with a bucket. */
export type RemovedContents = Readonly<Record<'dataSources' | 'dataPoints' | 'apiKeys' | 'alertRules', number>>;

/** What buckets contain. The providers are looked up when they are called, since they depend on buckets themselves. */
@Injectable()
export class BucketContents {
  constructor(private readonly modules: ModuleRef) {}

  get keys(): KeysInBucket {
    return this.modules.get(KeysInBucket, { strict: false });
  }

  get sources(): SourcesInBucket {
    return this.modules.get(SourcesInBucket, { strict: false });
  }

  get points(): PointsInBucket {
    return this.modules.get(PointsInBucket, { strict: false });
  }

  get rules(): RulesInBucket {
    return this.modules.get(RulesInBucket, { strict: false });
  }

  async removeAll(manager: EntityManager, bucketId: string, nowMillis: number): Promise<RemovedContents> {
    const removeFrom = (content: BucketContent) => content.removeAll(manager, bucketId, nowMillis);
    return {
      apiKeys: await removeFrom(this.keys),
      dataSources: await removeFrom(this.sources),
      dataPoints: await removeFrom(this.points),
      alertRules: await removeFrom(this.rules),
    };
  }
}
