import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PointsInBucket, type CountedBucket } from '../buckets/bucket-contents';
import { PAUSE } from '../common/http/yield';
import { query } from '../database/sql';
import { countFrom } from '../points/visible-points';

const COUNT = `SELECT coalesce(sum(t.count), 0) AS count FROM data_sources s JOIN point_totals t ON t.source = s.number
  WHERE s.bucket_id = ? AND (s.deleted_at IS NULL OR s.deleted_at = ?)`;
const SOURCES = 'SELECT number FROM data_sources WHERE bucket_id = ? AND deleted_at IS NULL';

/** Counts the points of a bucket. Those of a deleted bucket are removed in the background, with its sources. */
@Injectable()
export class BucketPoints extends PointsInBucket {
  override count(manager: EntityManager, bucket: CountedBucket): Promise<number> {
    return countVisible(manager, bucket);
  }

  /** The sources may already be marked as deleted in the same transaction. */
  override removeAll(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
    return countStored(manager, bucketId, deletedAt);
  }
}

async function countStored(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
  const [row] = await query<{ count: number }>(manager, COUNT, [bucketId, deletedAt]);
  return row?.count ?? 0;
}

async function countVisible(manager: EntityManager, { id, visibleFrom }: CountedBucket): Promise<number> {
  if (visibleFrom === 0) return countStored(manager, id, 0);
  const sources = await query<{ number: number }>(manager, SOURCES, [id]);
  const numbers = sources.map(({ number }) => number);
  return countFrom(manager, numbers, visibleFrom, PAUSE);
}
