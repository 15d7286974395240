import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { isByAge, type ListSort, type OrderedRow } from '../common/list-order';
import type { CursorQuery, ListPage } from '../common/pagination';
import { visibleFrom } from '../common/retention';
import { containing } from '../common/search';
import { findPage } from '../database/list-page';
import { findMatchingPage } from '../database/matching-page';
import { BucketContents, type BucketFigures } from './bucket-contents';
import { Bucket, type BucketStatus } from './bucket.entity';

/** A page of a list of buckets, which match all fields that are given. */
export interface BucketListQuery extends CursorQuery {
  readonly q?: string | undefined;
  readonly status?: BucketStatus | undefined;
  readonly sort?: ListSort | undefined;
}

type ScannedBucket = OrderedRow & Pick<Bucket, 'status'>;

const COLUMNS = 'id, name, created_at AS "createdAt", status';

/** Lists the buckets of an organization. */
@Injectable()
export class BucketFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly contents: BucketContents,
  ) {}

  /** Returns one page, oldest first unless sorted, and the length of the whole list. */
  list(organizationId: string, query: BucketListQuery, yieldTurn: YieldTurn): Promise<ListPage<Bucket>> {
    const { manager } = this.dataSource;
    const { q, status, sort } = query;
    const where = { organizationId, deletedAt: IsNull() };
    if (q === undefined && status === undefined && isByAge(sort))
      return findPage(manager, Bucket, { ever: { organizationId }, where, sort }, query, yieldTurn);
    const contains = containing(q);
    const matches = (bucket: ScannedBucket) =>
      (status === undefined || bucket.status === status) && contains(bucket.name);
    const from = 'buckets WHERE organization_id = ?';
    const scan = { columns: COLUMNS, from, living: 'deleted_at IS NULL', values: [organizationId] };
    return findMatchingPage(manager, Bucket, { scan, matches, sort, where }, query, yieldTurn);
  }

  /** The contents of the buckets of a page, in their order. */
  figuresOf(buckets: readonly Bucket[], yieldTurn: YieldTurn, nowMillis = Date.now()): Promise<BucketFigures[]> {
    const listed = buckets.map((bucket) => ({ ...bucket, visibleFrom: visibleFrom(bucket, nowMillis) }));
    return this.contents.points.figuresOf(this.dataSource.manager, listed, nowMillis, yieldTurn);
  }
}
