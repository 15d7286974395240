import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import type { YieldTurn } from '../common/http/yield';
import { visibleFrom } from '../common/retention';
import { FIELD_UNKNOWN } from '../sources/sources.errors';
import { SourcesService } from '../sources/sources.service';
import { SourcePoints } from '../sources/source-points';
import { isPostgres } from '../database/sql';
import { eachTogether } from '../database/together';
import type { NumberSet } from '../points/ascending-numbers';
import { MetadataDictionary, type Metadata } from '../points/metadata';
import { PointStore, type Range } from '../points/point-store';
import { automaticStep } from './automatic-step';
import type { AnswerFormat } from './answer-format';
import { groupedRows } from './grouped-rows';
import { isoTime, type QueryAnswer } from './query-answer';
import { refused } from './query.errors';
import { fieldsOfEach, listOf, namesOf, type Grouping, type Plan } from './query-plan';
import { readCursor, type Cursor } from './cursor';
import type { QueryBody } from './query.dto';
import { END_OF_TIME, refuseContradictions, type QueryRequest } from './contradictions';
import { latestFields, latestPoints } from './latest-answer';
import { sharedYield } from './many-sources';
import { groupedCells, rawColumns } from './answer-columns';
import { withNames } from './source-names';
import { rawAnswer, type RawStores } from './raw-answer';
import type { LatestQuery } from './query.views';
import { TimeBuckets, parseStep } from './time-steps';

const SOURCES_AT_ONCE = 128;
/** Sources whose metadata is read concurrently: a page of each may have several megabytes. */
const DICTIONARIES_AT_ONCE = 8;
const RAW_LIMIT = 100;
const GROUPED_LIMIT = 1000;

/** Answers queries for points and aggregates. */
@Injectable()
export class QueryService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly store: PointStore,
    private readonly points: SourcePoints,
    private readonly dictionary: MetadataDictionary,
  ) {}

  /**
   * @param yieldTurn yields to other work, and throws when the client has closed its connection
   * @throws ApiError for a bucket or a source that does not exist or that the key may not read
   * @throws ValidationError for options that contradict each other, or unknown fields
   */
  async answer(
    key: CurrentApiKey,
    bucketId: string,
    body: Omit<QueryBody, 'format'> & { readonly format: AnswerFormat },
    yieldTurn: YieldTurn,
  ): Promise<QueryAnswer> {
    const { filters = {}, format } = body;
    const aggregation = body.aggregation ?? filters.aggregation;
    const groupBy = body.groupBy ?? filters.groupBy;
    refuseContradictions({ filters, aggregation, groupBy, fill: body.fill }, format);
    const plan = await this.plan(key, bucketId, filters, yieldTurn);
    const answer = await this.answerTo(plan, { ...body, filters, aggregation, groupBy });
    return body.include?.includes('names') ? withNames(answer) : answer;
  }

  private async answerTo(plan: Plan, { filters, aggregation, groupBy, ...body }: QueryRequest): Promise<QueryAnswer> {
    const { downsampling = true, timezone: zone = 'UTC', fill = 'none' } = body;
    const shown = { ...(aggregation !== undefined && { aggregation }), ...(groupBy !== undefined && { groupBy }) };

    if (aggregation !== undefined || groupBy !== undefined) {
      const step = groupBy === undefined ? undefined : parseStep(groupBy);
      const aggregations = aggregation === undefined ? ['avg' as const] : listOf(aggregation);
      const grouping = { aggregations, step, zone, fill, automatic: aggregation === undefined };
      return this.grouped(plan, grouping, {
        limit: filters.limit ?? GROUPED_LIMIT,
        shown: { aggregation: 'avg', ...shown },
      });
    }
    if (downsampling && filters.cursor === undefined && plan.sources.every((source) => source.downsampling)) {
      const unit = await automaticStep(plan.manager, this.store, plan);
      if (unit !== undefined) {
        const grouping = { aggregations: ['avg' as const], step: { count: 1, unit }, zone, fill, automatic: true };
        const automatic = { aggregation: 'avg', groupBy: unit };
        return this.grouped(plan, grouping, { limit: filters.limit ?? GROUPED_LIMIT, shown: automatic, applied: true });
      }
    }
    return this.raw(
      plan,
      filters.limit ?? RAW_LIMIT,
      filters.cursor === undefined ? undefined : readCursor(filters.cursor),
    );
  }

  /** The newest point of each source by its time, or the last value of each of its fields. */
  async latest(
    key: CurrentApiKey,
    bucketId: string,
    { dataSourceId, mode = 'points', include = [] }: Omit<LatestQuery, 'bucketId'>,
    yieldTurn: YieldTurn,
  ): Promise<QueryAnswer> {
    const plan = await this.plan(key, bucketId, { dataSourceId }, yieldTurn);
    const rowsOf = mode === 'fields' ? latestFields : latestPoints;
    const columns = rawColumns(this.storesOf(plan), plan);
    const answer = { ...columns, rows: () => rowsOf(this.storesOf(plan), plan), maxRows: plan.sources.length };
    return include.includes('names') ? withNames(answer) : answer;
  }

  private async plan(
    key: CurrentApiKey,
    bucketId: string,
    filters: NonNullable<QueryBody['filters']>,
    callersYield: YieldTurn,
  ): Promise<Plan> {
    const manager = this.dataSource.createEntityManager();
    const yieldTurn = isPostgres(manager) ? sharedYield(callersYield) : callersYield;
    const bucket = await this.buckets.get(key, bucketId);
    const { dataSourceId, dataSourceIds, metadata, fields } = filters;
    const ids = dataSourceId === undefined ? dataSourceIds : [dataSourceId];
    const found = await this.sources.listByIds(key, bucketId, ids, yieldTurn);
    const sources = [...found].sort((one, other) => one.number - other.number);
    for (const name of fields ?? [])
      if (!sources.some(({ schema }) => schema.some((field) => field.name === name)))
        throw refused(FIELD_UNKNOWN, ['body', 'filters', 'fields'], { field: name });
    const visible = visibleFrom(bucket, Date.now());
    const range: Range = [Math.max(filters.startTime ?? 0, visible), filters.endTime ?? END_OF_TIME];
    const metas = await this.metasOf({ manager, sources, yieldTurn }, metadata ?? {});
    const { offset = 0, sort } = filters;
    const isGiven = { start: filters.startTime !== undefined, end: filters.endTime !== undefined };
    const filtered = { fields, metas: metas.size > 0 ? metas : undefined };
    return {
      manager,
      bucketName: bucket.name,
      sources,
      range,
      visibleFrom: visible,
      isGiven,
      ...filtered,
      offset,
      sort,
      yieldTurn,
    };
  }

  /** The numbers of the metadata that match the filter, by source; empty without a filter. */
  private async metasOf(
    { manager, sources, yieldTurn }: Pick<Plan, 'manager' | 'sources' | 'yieldTurn'>,
    metadata: Metadata,
  ): Promise<Map<number, NumberSet>> {
    const metas = new Map<number, NumberSet>();
    if (Object.keys(metadata).length === 0) return metas;
    for (let begin = 0; begin < sources.length; begin += DICTIONARIES_AT_ONCE)
      await eachTogether(manager, sources.slice(begin, begin + DICTIONARIES_AT_ONCE), async ({ number }) => {
        metas.set(number, await this.dictionary.matching(manager, number, metadata, yieldTurn));
      });
    return metas;
  }

  private storesOf({ manager }: Plan): RawStores {
    return { manager, store: this.store, dictionary: this.dictionary };
  }

  /** Newest first, or oldest first if `startTime` is given. A cursor keeps the direction of its page. */
  private raw(plan: Plan, limit: number, after: Cursor | undefined): QueryAnswer {
    const sort = plan.sort ?? after?.sort ?? (plan.isGiven.start ? 'asc' : 'desc');
    const rows = (showTime = isoTime) => rawAnswer(this.storesOf(plan), { ...plan, sort, limit, after }, showTime);
    return { ...rawColumns(this.storesOf(plan), plan), rows, maxRows: limit, about: { downsamplingApplied: false } };
  }

  private async grouped(
    plan: Plan,
    grouping: Grouping,
    { limit, shown, applied = false }: { limit: number; shown: object; applied?: boolean },
  ): Promise<QueryAnswer> {
    const isNamed = plan.fields !== undefined;
    const found = await fieldsOfEach(plan, grouping);
    const sources = isNamed ? found.filter(({ fields }) => fields.length > 0) : found;
    const range = await this.extentOf({ ...plan, sources: sources.map(({ source }) => source) });
    const options = {
      ...{ ...plan, ...grouping, limit, isNamed, sort: plan.sort ?? 'asc' },
      range: range ?? [0, 0],
      timeBuckets: new TimeBuckets(range ?? [0, 0], grouping.step, grouping.zone),
      sources: range ? sources : [],
    } as const;
    const rows = (showTime = isoTime) => groupedRows(plan.manager, this.store, { ...options, showTime });
    const cells = () => groupedCells(sources, grouping);
    return { ...namesOf(plan), cells, rows, maxRows: limit, about: { downsamplingApplied: applied, ...shown } };
  }

  /** The range, with an open end limited to the first or the last point; undefined if it is empty. */
  private async extentOf(plan: Plan): Promise<Range | undefined> {
    const { manager, sources, range, visibleFrom: visible, isGiven, yieldTurn } = plan;
    const [from, to] = range;
    if (isGiven.start && isGiven.end) return from < to ? range : undefined;
    let [first, last] = [Infinity, -Infinity];
    for (let begin = 0; begin < sources.length; begin += SOURCES_AT_ONCE) {
      const some = sources.slice(begin, begin + SOURCES_AT_ONCE);
      const extents = await eachTogether(manager, some, ({ number }) => this.points.extentOf(manager, number, visible));
      for (const { firstAt, lastAt } of extents) {
        first = Math.min(first, firstAt ?? Infinity);
        last = Math.max(last, lastAt ?? -Infinity);
      }
      await yieldTurn();
    }
    if (first > last) return undefined;
    const start = isGiven.start ? from : Math.max(from, first);
    const end = isGiven.end ? to : last + 1;
    return start < end ? [start, end] : undefined;
  }
}
