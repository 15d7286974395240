import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey, RequireKeyType } from '../auth/require-key-type.decorator';
import { BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { CsvQuery, markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { mapped, sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import * as dto from './sources.dto';
import { BucketPath } from '../buckets/bucket-path.dto';
import { SourceDeleted, SourcePath, SourceUpdated, UpdateSourceBody } from './sources.dto';
import * as errors from './sources.errors';
import { SourcesService } from './sources.service';
import { NewSources } from './new-sources';
import { CreateManySourcesBody, CreateSourceBody, SourceCreated, SourcesCreated, toNewSource } from './new-sources.dto';
import { SOURCES_CSV_EXAMPLE, sourcesAsCsv } from './source-columns';
import { SourcesQuery } from './source-list.dto';
import { SeriesNames } from './series-names';
import { SourceListing } from './source-listing';
import { docs } from './source-lists.docs';
import { SourceStats } from './source-stats';

const OF_BUCKET = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND];
const OF_SOURCE = [...OF_BUCKET, SOURCE_NOT_YOURS, errors.SOURCE_NOT_FOUND];

/** The endpoints for the data sources of a bucket. */
@ApiTags('Data sources')
@Controller('api/buckets/:bucketId/sources')
export class SourcesController {
  constructor(
    private readonly sources: SourcesService,
    private readonly newSources: NewSources,
    private readonly listing: SourceListing,
    private readonly stats: SourceStats,
    private readonly series: SeriesNames,
  ) {}

  @Post()
  @Documented({
    id: 'createDataSource',
    summary: 'Create a data source in a bucket',
    description: 'The schema defines the fields of its points. You can add fields later.',
    status: 201,
    answer: SourceCreated,
    refusals: [...OF_BUCKET, SOURCE_NOT_YOURS, errors.TOO_MANY_SOURCES],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true })
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Body() body: CreateSourceBody,
    @CurrentRetry({ of: 'dataSource' }) retry: Retry | undefined,
  ): Promise<SourceCreated> {
    const source = await this.newSources.create(by, key, bucketId, { definition: toNewSource(body), retry });
    return { message: SourceCreated.message, dataSource: new dto.SourceView(source) };
  }

  @Post('bulk')
  @Documented({
    id: 'createManyDataSources',
    summary: 'Create up to 500 data sources in a bucket at once',
    description:
      'Either all of them are created or none, in one commit. Send JSON, or CSV with the columns `name`, `schema` (or one ' +
      'column for each field, such as `schema.temperature`) and optionally the other properties. With `Accept: text/csv` the ' +
      'response is CSV.',
    status: 201,
    answer: SourcesCreated,
    answerDescription: 'The data sources, in the order of the request',
    answerCsv: SOURCES_CSV_EXAMPLE,
    refusals: [...OF_BUCKET, SOURCE_NOT_YOURS, errors.TOO_MANY_SOURCES, errors.NO_ROOM_FOR_SOURCES],
  })
  @LongWork()
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true })
  async createMany(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() { excel }: CsvQuery,
    @Body() { sources }: CreateManySourcesBody,
    @CurrentRetry({ of: 'dataSource', many: true }) retry: Retry | undefined,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const definitions = sources.map(toNewSource);
    const created = await this.newSources.createMany(by, key, bucketId, { definitions, retry, yieldTurn });
    if (wantsCsv(request)) {
      markAsCsv(response);
      response.status(201).send(sourcesAsCsv(created, excel));
      return;
    }
    const dataSources = mapped(created, (source) => new dto.SourceView(source));
    const answer: SourcesCreated = { message: SourcesCreated.message, dataSources };
    await sendPaced(response, answer, yieldTurn, 201);
  }

  @Get()
  @Documented(docs.ofBucket)
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() query: SourcesQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    await sendPaced(response, await this.listing.list(key, { ...query, bucketId }, yieldTurn), yieldTurn);
  }

  @Get(':sourceId')
  @Documented({
    id: 'getDataSource',
    summary: 'Get a data source with the statistics of its points',
    status: 200,
    answer: dto.SourceReply,
    refusals: OF_SOURCE,
  })
  @RequireAnyKey({ bound: 'source' })
  async get(@CurrentKey() key: CurrentApiKey, @Param() { bucketId, sourceId }: SourcePath): Promise<dto.SourceReply> {
    const { source, stats } = await this.stats.get(key, bucketId, sourceId);
    return { dataSource: new dto.SourceDetails(source, stats, await this.series.ofOne(source)) };
  }

  @Patch(':sourceId')
  @Documented({
    id: 'updateDataSource',
    summary: 'Update a data source',
    description:
      'Properties that are not sent keep their values. `schema` adds or replaces the fields that it names. While the data ' +
      'source has points, fields cannot be removed and their types cannot be changed.',
    status: 200,
    answer: dto.SourceUpdated,
    refusals: [...OF_SOURCE, errors.FIELD_KEPT, errors.FIELD_TYPE_KEPT, errors.FIELD_WATCHED, errors.UNIT_WATCHED],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async update(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId, sourceId }: SourcePath,
    @Body() body: UpdateSourceBody,
  ): Promise<dto.SourceUpdated> {
    const { name, schema, type, downsampling, status } = body;
    const description = body.description === null ? '' : body.description;
    const changes = { name, schema, type, description, downsampling, status };
    const source = await this.sources.update(by, key, bucketId, sourceId, changes);
    return { message: SourceUpdated.message, dataSource: new dto.SourceView(source, await this.series.ofOne(source)) };
  }

  @Delete(':sourceId')
  @HttpCode(200)
  @Documented({
    id: 'deleteDataSource',
    summary: 'Delete a data source, its points and its alert rules',
    description:
      'They are no longer available once the response is sent, and pending notifications of the rules are dropped. A Write ' +
      'key can only delete a data source without points.',
    status: 200,
    answer: dto.SourceDeleted,
    refusals: [...OF_SOURCE, errors.ONLY_ADMIN_DELETES_DATA],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source', onlyWithoutPoints: true })
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId, sourceId }: SourcePath,
  ): Promise<dto.SourceDeleted> {
    const { source, points, alertRules } = await this.sources.remove(by, key, bucketId, sourceId);
    return {
      message: SourceDeleted.message,
      deletedDataSource: { _id: source.id, name: source.name },
      deletedResources: { dataPoints: points, alertRules },
    };
  }
}
