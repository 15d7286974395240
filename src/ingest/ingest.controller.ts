import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { KeyMeter } from '../auth/key-meter';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { BUCKET_ARCHIVED, BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { namedBucket } from '../buckets/named-bucket';
import { ValidationError } from '../common/errors';
import type { LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { isoTime } from '../common/times';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { pointIdOf } from '../points/point-ids';
import type { Appended } from '../points/point-store';
import {
  METADATA_FULL_BUCKET,
  METADATA_FULL_KEY,
  METADATA_FULL_SOURCE,
  METADATA_INVALID,
} from '../points/points.errors';
import * as dto from './ingest.dto';
import { BatchBody, BatchIngested, BatchQuery, PointBody, PointIngested, PointQuery } from './ingest.dto';
import * as errors from './ingest.errors';
import { Ingest } from './ingest.service';
import { toProblems } from './batch-admission';
import { PointError, pointReader, type RejectedPoint, type SentPoint } from './point-check';
import { unitOf } from './point-time';

const ACCESS_ERRORS = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, SOURCE_NOT_FOUND];
const LIMIT_ERRORS = [METADATA_FULL_SOURCE, METADATA_FULL_BUCKET, METADATA_FULL_KEY];
const WRITE_ERRORS = [BUCKET_ID_REQUIRED, ...ACCESS_ERRORS, BUCKET_ARCHIVED, errors.SOURCE_ARCHIVED, ...LIMIT_ERRORS];
const POINT_ERRORS = [
  ...[errors.SOURCE_ID_INVALID, errors.VALUES_EMPTY, FIELD_UNKNOWN, errors.FIELD_NOT_NUMBER],
  ...[
    errors.INTEGER_ROUNDED,
    errors.FIELD_NOT_STRING,
    errors.FIELD_NOT_BOOLEAN,
    errors.FIELD_REQUIRED,
    errors.REQUIRED_FIELD_MISSING,
    errors.TIMESTAMP_INVALID,
    errors.TIMESTAMP_SECONDS,
    errors.TIMESTAMP_TOO_SMALL,
  ],
  ...[errors.TIMESTAMP_AHEAD, errors.POINT_EXPIRED, METADATA_INVALID, errors.METADATA_TOO_LONG],
];

/** The endpoints that store points. */
@ApiTags('Data')
@Controller('api/data')
export class IngestController {
  constructor(
    private readonly ingest: Ingest,
    private readonly meter: KeyMeter,
  ) {}

  @Post()
  @Documented({
    id: 'ingestPoint',
    summary: 'Store a data point',
    description:
      'A point is identified by its data source, timestamp and metadata. An identical point is not stored again, and one with ' +
      'other values replaces it. The response is sent when the point is on disk. A point that is older than the retention of ' +
      'the bucket is rejected. The response to a write-only key has no `_id`.',
    status: 201,
    answer: dto.PointIngested,
    refusals: [...POINT_ERRORS, ...WRITE_ERRORS],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true, bound: 'source' })
  async add(
    @CurrentKey() key: CurrentApiKey,
    @Query() { precision }: PointQuery,
    @Body() body: PointBody,
  ): Promise<dto.PointIngested> {
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
    });
    this.meter.countPoints(key.id, 1);
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

  @Post('batch')
  @Documented({
    id: 'ingestBatch',
    summary: 'Store up to 1000 data points of one or more data sources of a bucket',
    description:
      'All points are stored or none, in one commit. If points are invalid, the 400 lists up to 20 of them, and all that are ' +
      'older than the retention of the bucket, with the code `point_expired`. With `partial=true` the valid points are ' +
      'stored, and the 207 lists the others. If a batch has the same point twice, the later one wins. For a write-only key ' +
      '`inserted` counts all accepted points.',
    status: 201,
    answer: dto.BatchIngested,
    refusals: [...POINT_ERRORS, errors.POINT_NOT_OBJECT, ...WRITE_ERRORS],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true, bound: 'source' })
  async addMany(
    @CurrentKey() key: CurrentApiKey,
    @Query() { partial = false, precision }: BatchQuery,
    @Body() { bucketId: named, dataPoints }: BatchBody,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<dto.BatchIngested | dto.BatchPartlyIngested> {
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
    const ingested = await this.ingest.add({ key, bucketId, line: lineOf(key), points, pathOf, partial });
    const { inserted, updated, duplicates } = ingested;
    this.meter.countPoints(key.id, inserted + updated + duplicates);
    const rejected = inOrder([...unreadable, ...ingested.problems]);
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

/** The counts for a write-only key. They do not reveal which points were already stored. */
function accepted({ inserted, updated, duplicates }: Appended): Appended {
  return { inserted: inserted + updated + duplicates, updated: 0, duplicates: 0 };
}

/** The rotation lineage whose share of the metadata limit is used; null for Admin keys. */
function lineOf({ type, lineId }: CurrentApiKey): string | null {
  return type === 'admin' ? null : lineId;
}

function withoutNulls(values: SentPoint['values']): dto.PointView['values'] {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(given) as dto.PointView['values'];
}
