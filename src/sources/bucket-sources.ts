import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { SourcesInBucket, type CountedBucket } from '../buckets/bucket-contents';
import { query, rowLock } from '../database/sql';
import { Source } from './source.entity';

const FIND = 'SELECT 1 FROM data_sources WHERE id = ? AND bucket_id = ? AND deleted_at IS NULL';

/** Counts and deletes the data sources of a bucket. */
@Injectable()
export class BucketSources extends SourcesInBucket {
  override count(manager: EntityManager, { id: bucketId }: CountedBucket): Promise<number> {
    return manager.countBy(Source, { bucketId, deletedAt: IsNull() });
  }

  override async lock(manager: EntityManager, bucketId: string, id: string): Promise<boolean> {
    return (await query(manager, FIND + rowLock(manager, 'SHARE'), [id, bucketId])).length > 0;
  }

  override async removeAll(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
    const { affected } = await manager.update(Source, { bucketId, deletedAt: IsNull() }, { deletedAt });
    return affected ?? 0;
  }
}
