import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../../../auth/current-key.decorator';
import { BucketAccess } from '../../../buckets/bucket-access';
import { visibleFrom } from '../../../common/retention';
import { problemOf, ValidationError } from '../../../common/errors';
import type { YieldTurn } from '../../../common/http/yield';
import { SourcesService } from '../../../sources/sources.service';
import { PointStore, type Range } from '../../../points/point-store';
import { TIMES_REVERSED } from '../../../query/query.errors';
import { readCondition } from '../rule-input';
import type { Condition } from '../../conditions/condition';
import { preview } from './preview';
import type { Preview } from './rule-simulation';

export interface PreviewRequest {
  readonly bucketId: string;
  readonly dataSourceId: string;
  readonly condition: string;
  readonly range: Range;
  readonly cooldownMinutes: number;
}

/** Previews when conditions would have fired. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly store: PointStore,
  ) {}

  async preview(
    key: CurrentApiKey,
    { bucketId, dataSourceId, condition, range, cooldownMinutes }: PreviewRequest,
    yieldTurn: YieldTurn,
    nowMillis = Date.now(),
  ): Promise<{ parsedCondition: Condition; preview: Preview }> {
    const [start, to] = range;
    if (start >= to) throw new ValidationError([problemOf(TIMES_REVERSED, ['body', 'startTime'])]);
    const from = Math.max(start, visibleFrom(await this.buckets.get(key, bucketId), nowMillis));
    const source = await this.sources.get(key, bucketId, dataSourceId);
    const parsedCondition = readCondition(condition, source.schema);
    const rule = { condition: parsedCondition, cooldownMillis: cooldownMinutes * 60_000 };
    // No points exist in the future.
    const past: Range = [from, Math.max(from, Math.min(to, nowMillis))];
    const result = await preview(this.dataSource.manager, this.store, source, { rule, range: past, yieldTurn });
    return { parsedCondition, preview: result };
  }
}
