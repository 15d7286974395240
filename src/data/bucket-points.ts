import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BucketContents } from '../buckets/bucket-contents';
import { query } from '../database/sql';

const COUNT = `SELECT coalesce(sum(t.count), 0) AS count FROM data_sources s JOIN point_totals t ON t.source = s.number
  WHERE s.bucket_id = ? AND (s.deleted_at IS NULL OR s.deleted_at = ?)`;

/** Tells buckets how many points they have. Those of a deleted one go in the background, with its sources. */
@Injectable()
export class BucketPoints implements OnModuleInit {
  constructor(private readonly contents: BucketContents) {}

  onModuleInit(): void {
    this.contents.register({
      kind: 'dataPoints',
      count: (manager, bucketId) => count(manager, bucketId, 0),
      // Their sources may have been marked already, in the same transaction.
      removeAll: count,
    });
  }
}

async function count(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
  const [row] = await query<{ count: number | string }>(manager, COUNT, [bucketId, deletedAt]);
  return Number(row?.count ?? 0);
}
