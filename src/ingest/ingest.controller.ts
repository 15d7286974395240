import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { KeyMeter } from '../auth/key-meter';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { namedBucket } from '../buckets/named-bucket';
import { ValidationError } from '../common/errors';
import type { LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { isoTime } from '../common/times';
import { pointIdOf } from '../points/point-ids';
import * as dto from './ingest.dto';
import { BatchBody, BatchIngested, BatchQuery, PointBody, PointIngested, PointQuery } from './ingest.dto';
import * as docs from './ingest.docs';
import { accepted, checkQuiet, lineOf } from './ingest-rights';
import { IngestCounts } from './ingest-counts';
import { Ingest } from './ingest.service';
import { toProblems } from './rejected-points';
import { pointReader, type SentPoint } from './point-check';
import { PointError, type RejectedPoint } from './point-error';
import { unitOf } from './point-time';

const WAY = 'json';

/** The endpoints that store points. */
@ApiTags('Data')
@Controller('api/data')
export class IngestController {
  constructor(
    private readonly ingest: Ingest,
    private readonly meter: KeyMeter,
    private readonly counts: IngestCounts,
  ) {}

  @Post()
  @Documented(docs.POINT)
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true, bound: 'source' })
  add(
    @CurrentKey() key: CurrentApiKey,
    @Query() query: PointQuery,
    @Body() body: PointBody,
  ): Promise<dto.PointIngested> {
    return this.counts.refusedOf(WAY, 1, () => this.storeOne(key, query, body));
  }

  @Post('batch')
  @Documented(docs.BATCH)
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true, bound: 'source' })
  addMany(
    @CurrentKey() key: CurrentApiKey,
    @Query() query: BatchQuery,
    @Body() body: BatchBody,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<dto.BatchIngested | dto.BatchPartlyIngested> {
    return this.counts.refusedOf(WAY, body.dataPoints.length, () => this.storeBatch(key, query, body, response));
  }

  private async storeOne(
    key: CurrentApiKey,
    { precision, quiet = false }: PointQuery,
    body: PointBody,
  ): Promise<dto.PointIngested> {
    checkQuiet(key, quiet);
    const { bucketId: named, ...sent } = body;
    const now = Date.now();
    const point = pointReader(now, key.dataSourceId, unitOf(precision))(sent, 0);
    const pathOf = () => ['body'];
    if (point instanceof PointError) throw new ValidationError(toProblems([{ index: 0, error: point }], pathOf));
    const bucketId = namedBucket(key, named, 'body');
    const { only } = await this.ingest.add({
      key,
      bucketId,
      line: lineOf(key),
      points: [point],
      pathOf,
      partial: false,
      quiet,
    });
    this.meter.countPoints(key.id, 1);
    this.counts.addStored(WAY, 1);
    const { dataSourceId, values, at, metadata } = point;
    return {
      message: PointIngested.message,
      dataPoint: {
        ...(only && !key.writeOnly && { _id: pointIdOf(only.source, only.point) }),
        bucketId,
        dataSourceId,
        timestamp: new Date(at).toISOString(),
        values: withoutNulls(values),
        metadata: metadata === null ? null : (JSON.parse(metadata) as unknown),
        createdAt: isoTime(now),
      },
    };
  }

  private async storeBatch(
    key: CurrentApiKey,
    { partial = false, precision, quiet = false }: BatchQuery,
    { bucketId: named, dataPoints }: BatchBody,
    response: LeanResponse,
  ): Promise<dto.BatchIngested | dto.BatchPartlyIngested> {
    checkQuiet(key, quiet);
    const now = Date.now();
    const points: SentPoint[] = [];
    const unreadable: RejectedPoint[] = [];
    const read = pointReader(now, key.dataSourceId, unitOf(precision));
    for (let index = 0; index < dataPoints.length; index++) {
      const point = read(dataPoints[index], index);
      if (point instanceof PointError) unreadable.push({ index, error: point });
      else points.push(point);
    }
    const pathOf = (index: number) => ['body', 'dataPoints', index];
    if (!partial && unreadable.length > 0) {
      const expired = await this.ingest.expiredAmong(key, named ?? key.bucketId, points);
      throw new ValidationError(toProblems(inOrder([...unreadable, ...expired]), pathOf));
    }
    const bucketId = namedBucket(key, named, 'body');
    const ingested = await this.ingest.add({ key, bucketId, line: lineOf(key), points, pathOf, partial, quiet });
    const { inserted, updated, duplicates } = ingested;
    this.meter.countPoints(key.id, inserted + updated + duplicates);
    this.counts.addStored(WAY, inserted + updated + duplicates);
    const rejected = inOrder([...unreadable, ...ingested.problems]);
    for (const { error } of rejected) this.counts.addRejected(WAY, error.errorCode, 1);
    const counts = {
      message: BatchIngested.message,
      ...(key.writeOnly ? accepted(ingested) : { inserted, updated, duplicates }),
      rejected: rejected.length,
    };
    if (rejected.length === 0) return counts;
    response.status(207);
    const reported = rejected.map(({ index, error: { message, code } }) => ({
      ...{ index, message },
      ...(code !== undefined && { code }),
    }));
    return { ...counts, message: 'Batch ingested in part', errors: reported };
  }
}

function inOrder(rejected: readonly RejectedPoint[]): RejectedPoint[] {
  return [...rejected].sort((one, other) => one.index - other.index);
}

function withoutNulls(values: SentPoint['values']): dto.PointView['values'] {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(given) as dto.PointView['values'];
}
