import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { findRetentions } from '../buckets/bucket-rows';
import type { YieldTurn } from '../common/http/yield';
import { visibleFrom } from '../common/retention';
import type { Source } from './source.entity';
import { SourcesService } from './sources.service';
import { SourcePoints, type PointStats, type PointSummary } from './source-points';

/** Data sources with the statistics of their visible points. */
@Injectable()
export class SourceStats {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly points: SourcePoints,
  ) {}

  /** @throws ApiError as `SourcesService.get` does */
  async get(key: CurrentApiKey, bucketId: string, id: string): Promise<{ source: Source; stats: PointStats }> {
    const from = visibleFrom(await this.buckets.get(key, bucketId), Date.now());
    const source = await this.sources.get(key, bucketId, id);
    return { source, stats: await this.points.statsOf(this.dataSource.manager, source.number, from) };
  }

  /** The statistics of the sources of a list, in their order. */
  async summariesOf(sources: readonly Source[], yieldTurn: YieldTurn, nowMillis = Date.now()): Promise<PointSummary[]> {
    const bucketIds = sources.map(({ bucketId }) => bucketId);
    const retentions = await findRetentions(this.dataSource.manager, bucketIds);
    const visible = sources.map((source) => {
      const retention = retentions.get(source.bucketId) ?? { retentionDays: null };
      return { number: source.number, schema: source.schema, visibleFrom: visibleFrom(retention, nowMillis) };
    });
    return this.points.summariesOf(visible, yieldTurn);
  }
}
