import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SOURCE_NOT_YOURS } from '../access/access.errors';
import { CurrentKey, type CurrentApiKey } from '../access/current-key.decorator';
import { RequireAnyKey } from '../access/require-key-type.decorator';
import { BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { namedBucket } from '../buckets/named-bucket';
import { markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { Pause } from '../common/http/pause';
import { Documented } from '../common/openapi/openapi';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../data-sources/data-sources.errors';
import { CurrentPause, LongRead } from '../scheduling/long-read.decorator';
import * as errors from './queries.errors';
import { csvOf, QUERY_CSV_EXAMPLE } from './query-csv';
import { QueryBody } from './query.dto';
import { QueryService } from './query.service';
import * as views from './query.views';
import { LatestQuery } from './query.views';

const REACH = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, SOURCE_NOT_FOUND];
const QUERIES = [
  ...[BUCKET_ID_REQUIRED, errors.TIMES_REVERSED, errors.SOURCES_TWICE, errors.FILL_NEEDS_GROUPS],
  ...[errors.TOO_MANY_GROUPS, errors.FIELD_NOT_AGGREGATED, errors.CURSOR_WITH_GROUPS, FIELD_UNKNOWN],
];

/** Answers out. */
@ApiTags('Data')
@Controller('api/data')
export class QueriesController {
  constructor(private readonly queries: QueryService) {}

  @Post('query')
  @HttpCode(200)
  @Documented({
    id: 'queryData',
    summary: 'Ask for points, or for what they come to',
    description:
      'Without `aggregation` and `groupBy`: points as they are, or, where there are more than 500, averages at the ' +
      'smallest of minute, hour, day, week and month that gives some 500 rows: `downsamplingApplied` says so. With ' +
      '`Accept: text/csv` the answer is a table, and `X-Has-More`, `X-Next-Cursor` and `X-Downsampling-Applied` say the rest.',
    status: 200,
    answer: views.QueryReply,
    answerCsv: QUERY_CSV_EXAMPLE,
    refusals: [...QUERIES, ...REACH],
  })
  @LongRead()
  @RequireAnyKey('queryData')
  async query(
    @CurrentKey() key: CurrentApiKey,
    @Body() body: QueryBody,
    @CurrentPause() pause: Pause,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.QueryReply | StreamableFile> {
    const bucketId = namedBucket(key, body.bucketId, 'body');
    const answer = await this.queries.answer(key, bucketId, body, pause);
    if (!wantsCsv(request)) return answer;
    const { hasMore, downsamplingApplied, nextCursor } = answer.metadata;
    markAsCsv(response);
    response.set({ 'X-Has-More': String(hasMore), 'X-Downsampling-Applied': String(downsamplingApplied) });
    if (nextCursor !== undefined) response.set('X-Next-Cursor', nextCursor);
    return new StreamableFile(Readable.from(csvOf(answer)));
  }

  @Get('latest')
  @Documented({
    id: 'getLatestData',
    summary: 'Get the newest point of each data source',
    description: 'The newest by its own time, whenever it arrived.',
    status: 200,
    answer: views.LatestReply,
    refusals: [BUCKET_ID_REQUIRED, ...REACH],
  })
  @LongRead()
  @RequireAnyKey('getLatestData')
  async latest(
    @CurrentKey() key: CurrentApiKey,
    @Query() { bucketId: named, dataSourceId }: LatestQuery,
    @CurrentPause() pause: Pause,
  ): Promise<views.LatestReply> {
    const bucketId = namedBucket(key, named, 'query');
    return { data: await this.queries.latest(key, bucketId, dataSourceId, pause) };
  }
}
