import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import { BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { namedBucket } from '../buckets/named-bucket';
import { CONFIG, type Config } from '../common/config/config';
import { CsvQuery, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import { Documented } from '../common/openapi/openapi';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import * as errors from './query.errors';
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
    errors.FIELD_NOT_AGGREGATED,
    errors.CURSOR_WITH_GROUPS,
    FIELD_UNKNOWN,
  ],
];

/** Answers out. */
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
    summary: 'Ask for points, or for what they come to',
    description:
      'Without `aggregation` and `groupBy`: points as they are, newest first unless `startTime` is given, or, where there are ' +
      'more than 500, averages at the smallest of minute, hour, day, week and month that gives some 500 rows: ' +
      '`downsamplingApplied` says so, and `"downsampling": false` gives the points all the same. With ' +
      '`Accept: text/csv` the answer is a table, and `X-Has-More`, `X-Next-Cursor` and `X-Downsampling-Applied` say the rest, and `X-Overflow` that an aggregate is beyond the greatest double.',
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
    const answer = await this.queries.answer(key, bucketId, body, yieldTurn);
    const { answerLimitBytes } = this.config;
    if (wantsCsv(request)) return sendCsvAnswer(response, answer, { limitBytes: answerLimitBytes, excel }, yieldTurn);
    return sendJsonAnswer(response, answer, answerLimitBytes);
  }

  @Get('latest')
  @Documented({
    id: 'getLatestData',
    summary: 'Get the newest point of each data source, or the last value of each field',
    description:
      'The newest by its own time, whenever it arrived. With `mode=fields`: the last value of each field with its time, for ' +
      'data sources whose points do not have all fields.',
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
