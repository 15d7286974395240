import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import { BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { namedBucket } from '../buckets/named-bucket';
import { CONFIG, type Config } from '../common/config/config';
import { CsvQuery } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import { Documented } from '../common/openapi/openapi';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import * as errors from './query.errors';
import { formatOf } from './answer-format';
import { sendColumnsAnswer } from './columns-answer';
import { sendJsonAnswer } from './json-answer';
import { QUERY_CSV_EXAMPLE, sendCsvAnswer } from './query-csv';
import { QueryBody } from './query.dto';
import { QueryService } from './query.service';
import * as views from './query.views';
import { LatestQuery } from './query.views';

const REACH = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, SOURCE_NOT_FOUND];
const QUERIES = [
  ...[BUCKET_ID_REQUIRED, errors.TIMES_REVERSED, errors.SOURCES_TWICE, errors.FILL_NEEDS_GROUPS],
  ...[
    errors.ANSWER_TOO_LARGE,
    errors.CSV_TOO_WIDE,
    errors.CSV_HAS_ROWS,
    errors.TOO_MANY_SERIES,
    errors.COLUMN_ROWS_LIMIT,
    errors.CSV_ROWS_LIMIT,
    errors.FIELD_NOT_AGGREGATED,
    errors.CURSOR_WITH_GROUPS,
    FIELD_UNKNOWN,
  ],
];

/** Queries of points and aggregates. */
@ApiTags('Data')
@Controller('api/data')
export class QueriesController {
  constructor(
    private readonly queries: QueryService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'answerLimitBytes'>,
  ) {}

  @Post('query')
  @HttpCode(200)
  @Documented({
    id: 'queryData',
    summary: 'Query points or aggregates',
    description:
      'Without `aggregation` and `groupBy`, the answer has raw points, newest first unless `startTime` is given. More than 500 points ' +
      'are downsampled to averages with the smallest step of minute, hour, day, week and month that gives at most about 500 rows. ' +
      '`downsamplingApplied` is then `true`; send `"downsampling": false` to always get raw points. With `Accept: text/csv` the ' +
      'answer is CSV, and its metadata is in the headers `X-Has-More`, `X-Next-Cursor` and `X-Downsampling-Applied`. `X-Overflow` ' +
      'is set if an aggregate is outside the range of a double.',
    status: 200,
    answer: views.QueryReply,
    answerCsv: QUERY_CSV_EXAMPLE,
    refusals: [...QUERIES, ...REACH],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async query(
    @CurrentKey() key: CurrentApiKey,
    @Query() { excel }: CsvQuery,
    @Body() body: QueryBody,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const bucketId = namedBucket(key, body.bucketId, 'body');
    const format = formatOf(request, body.format);
    const answer = await this.queries.answer(key, bucketId, { ...body, format }, yieldTurn);
    const { answerLimitBytes: limitBytes } = this.config;
    if (format === 'csv') return sendCsvAnswer(response, answer, { limitBytes, excel, zone: body.timezone }, yieldTurn);
    if (format === 'columns') return sendColumnsAnswer(response, answer, limitBytes, yieldTurn);
    return sendJsonAnswer(response, answer, limitBytes);
  }

  @Get('latest')
  @Documented({
    id: 'getLatestData',
    summary: 'Get the newest point of each data source, or the last value of each field',
    description:
      'The newest point is the one with the latest timestamp, regardless of when it arrived. `mode=fields` returns the last value of ' +
      'each field with its time, for data sources whose points do not have all fields.',
    status: 200,
    answer: views.LatestReply,
    refusals: [BUCKET_ID_REQUIRED, errors.ANSWER_TOO_LARGE, ...REACH],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async latest(
    @CurrentKey() key: CurrentApiKey,
    @Query() { bucketId: named, ...options }: LatestQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const bucketId = namedBucket(key, named, 'query');
    const answer = await this.queries.latest(key, bucketId, options, yieldTurn);
    return sendJsonAnswer(response, answer, this.config.answerLimitBytes);
  }
}
