import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { bucketScope } from '../buckets/bucket-scope';
import type { YieldTurn } from '../common/http/yield';
import { isByAge, type ListSort, type OrderedRow } from '../common/list-order';
import type { CursorQuery, ListPage } from '../common/pagination';
import { containing } from '../common/search';
import { findPage } from '../database/list-page';
import { findMatchingPage } from '../database/matching-page';
import { seriesCondition, type SeriesFilter } from './series-filter';
import { Source, type SourceStatus } from './source.entity';

/** A page of a list of data sources, which match all fields that are given. */
export interface SourceListQuery extends CursorQuery, SeriesFilter {
  readonly bucketId?: string | undefined;
  readonly q?: string | undefined;
  readonly type?: string | undefined;
  readonly status?: SourceStatus | undefined;
  readonly sort?: ListSort | undefined;
}

type ScannedSource = OrderedRow & Pick<Source, 'type' | 'status'>;

const COLUMNS = 'id, name, created_at AS "createdAt", type, status';

/** Lists data sources. */
@Injectable()
export class SourceFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
  ) {}

  /**
   * Returns one page, oldest first unless sorted, and the length of the whole list. A Write or Read key gets the sources of its bucket,
   * and a key that is bound to one source only that one.
   *
   * @throws ApiError `BUCKET_NOT_YOURS` or `BUCKET_NOT_FOUND`
   */
  async list(key: CurrentApiKey, query: SourceListQuery, yieldTurn: YieldTurn): Promise<ListPage<Source>> {
    const { manager } = this.dataSource;
    const { q, type, status, sort, bucketId = key.bucketId } = query;
    const { organizationId, dataSourceId: own } = key;
    if (bucketId !== null) await this.buckets.get(key, bucketId);
    const scope = bucketScope(manager, organizationId, bucketId);
    const where = { ...(own !== null && { id: own }), ...scope.where, deletedAt: IsNull() };
    const series = seriesCondition(query);
    const isFiltered = q !== undefined || type !== undefined || status !== undefined || series.sql !== '';
    if (!isFiltered && isByAge(sort))
      return findPage(manager, Source, { ever: scope.where, where, sort }, query, yieldTurn);
    const contains = containing(q);
    const matches = (source: ScannedSource) =>
      (own === null || source.id === own) &&
      (type === undefined || source.type === type) &&
      (status === undefined || source.status === status) &&
      contains(source.name);
    const from = `data_sources WHERE ${scope.sql}${series.sql}`;
    const scan = { columns: COLUMNS, from, living: 'deleted_at IS NULL', values: [scope.value, ...series.values] };
    return findMatchingPage(manager, Source, { scan, matches, sort, where: scope.where }, query, yieldTurn);
  }
}
