import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { findRetentions } from '../buckets/bucket-rows';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import { isPostgres } from '../database/sql';
import { callerOf } from '../scheduling/caller';
import { FairTurns } from '../scheduling/fair-turns';
import { visibleFrom } from '../common/retention';
import type { Source } from './source.entity';
import { SourcesService } from './sources.service';
import { SourcePoints, type PointStats, type PointSummary } from './source-points';

/** On PostgreSQL. SQLite counts one data source at a time, with a turn for others after each: it can take tens of milliseconds. */
const COUNTED_AT_ONCE = 4;

/** Data sources with the statistics of their visible points. */
@Injectable()
export class SourceStats {
  private readonly turns: FairTurns;

  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly points: SourcePoints,
  ) {
    this.turns = new FairTurns(isPostgres(dataSource.manager) ? COUNTED_AT_ONCE : 1);
  }

  /** @throws ApiError as `SourcesService.get` does */
  async get(key: CurrentApiKey, bucketId: string, id: string): Promise<{ source: Source; stats: PointStats }> {
    const from = visibleFrom(await this.buckets.get(key, bucketId), Date.now());
    const source = await this.sources.get(key, bucketId, id);
    const stats = await this.turns.run(callerOf(key), async () => {
      const counted = await this.points.statsOf(this.dataSource.manager, source.number, from);
      await IMMEDIATE_YIELD();
      return counted;
    });
    return { source, stats };
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
