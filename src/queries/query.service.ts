import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { ValidationError, type Refusal } from '../common/errors';
import type { Pause } from '../common/http/pause';
import type { Source } from '../data-sources/data-source.entity';
import { FIELD_UNKNOWN } from '../data-sources/data-sources.errors';
import { DataSourcesService } from '../data-sources/data-sources.service';
import type { Field } from '../data-sources/schema';
import { MetadataDictionary } from '../points/metadata';
import { pointIdOf } from '../points/point-ids';
import { PointStore, type Range } from '../points/point-store';
import { countQuarters, QUARTER_MILLIS } from '../points/rollups';
import { unpack } from '../points/values';
import { fits, type Aggregation } from './aggregations';
import * as errors from './queries.errors';
import type { Fill } from './fill';
import { GroupRows, pageOf, type QueryRow } from './group-rows';
import { groupPoints, pagesOf } from './grouped-query';
import { readCursor, writeCursor, type Cursor, type QueryBody } from './query.dto';
import { rawRows, type RawRow } from './raw-query';
import { groupStarts, parseStep, type Step } from './time-steps';

const MOST_GROUPS = 100_000;
const MOST_AUTOMATIC_POINTS = 500;
const MOST_AUTOMATIC_ROWS = 500;
const AUTOMATIC_STEPS = ['minute', 'hour', 'day', 'week', 'month'] as const;
const DAY_MILLIS = 86_400_000;
/** The newest points of so many sources are shown at once. */
const SOURCES_PER_SLICE = 20;
/** As far ahead as points are taken. */
const END_OF_TIME = 253_402_300_800_000;

export interface QueryAnswer {
  readonly data: readonly QueryRow[];
  readonly metadata: {
    readonly count: number;
    readonly hasMore: boolean;
    readonly downsamplingApplied: boolean;
    readonly aggregation?: string | readonly string[];
    readonly groupBy?: string;
    readonly nextCursor?: string;
  };
}

/** What a query asks for, once its bucket and its sources are known. */
interface Plan {
  readonly sources: readonly Source[];
  readonly range: Range;
  /** Whether its ends are those that were asked for. */
  readonly isGiven: { readonly start: boolean; readonly end: boolean };
  readonly fields: readonly string[] | undefined;
  readonly metas: ReadonlyMap<number, ReadonlySet<number>> | undefined;
  readonly offset: number;
  readonly sort: 'asc' | 'desc';
  readonly pause: Pause;
}

interface Grouping {
  readonly aggregations: readonly Aggregation[];
  readonly step: Step | undefined;
  readonly zone: string;
  readonly fill: Fill;
  /** Whether fields that cannot be averaged give their last value. */
  readonly automatic: boolean;
}

/** Answers what points there are, and what they come to. */
@Injectable()
export class QueryService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly sources: DataSourcesService,
    private readonly store: PointStore,
    private readonly dictionary: MetadataDictionary,
  ) {}

  /**
   * @param pause lets others have their turn, and ends the query when nobody waits for it any more
   * @throws ApiError for a bucket or a source that the key may not read, or that is not there
   * @throws ValidationError for what contradicts itself, or would be too much
   */
  async answer(key: CurrentApiKey, bucketId: string, body: QueryBody, pause: Pause): Promise<QueryAnswer> {
    const { filters = {}, downsampling = true, timezone: zone = 'UTC', fill = 'none' } = body;
    const aggregation = body.aggregation ?? filters.aggregation;
    const groupBy = body.groupBy ?? filters.groupBy;
    refuseContradictions({ ...body, filters, aggregation, groupBy });
    const plan = await this.plan(key, bucketId, filters, pause);
    const shown = { ...(aggregation !== undefined && { aggregation }), ...(groupBy !== undefined && { groupBy }) };

    if (aggregation !== undefined || groupBy !== undefined) {
      const step = groupBy === undefined ? undefined : parseStep(groupBy);
      const aggregations = aggregation === undefined ? ['avg' as const] : listOf(aggregation);
      const grouping = { aggregations, step, zone, fill, automatic: aggregation === undefined };
      return this.grouped(plan, grouping, { limit: filters.limit ?? 1000, shown: { aggregation: 'avg', ...shown } });
    }
    if (downsampling && filters.cursor === undefined && plan.sources.every((source) => source.downsampling)) {
      const unit = await this.automaticStep(plan);
      if (unit !== undefined) {
        const grouping = { aggregations: ['avg' as const], step: { count: 1, unit }, zone, fill, automatic: true };
        const automatic = { aggregation: 'avg', groupBy: unit };
        return this.grouped(plan, grouping, { limit: filters.limit ?? 1000, shown: automatic, applied: true });
      }
    }
    return this.raw(plan, filters.limit ?? 100, filters.cursor === undefined ? undefined : readCursor(filters.cursor));
  }

  /** The newest point of each source by its time. */
  async latest(key: CurrentApiKey, bucketId: string, sourceId: string | undefined, pause: Pause): Promise<QueryRow[]> {
    const plan = await this.plan(key, bucketId, { dataSourceId: sourceId }, pause);
    const shown: QueryRow[] = [];
    let rows: RawRow[] = [];
    for (const [index, source] of plan.sources.entries()) {
      const page = { limit: 1, sort: 'desc' } as const;
      const [point] = await this.store.read(this.dataSource.manager, source, plan.range, page);
      if (point) rows.push({ source, point, values: unpack(source.schema, point) });
      await pause();
      if (rows.length < SOURCES_PER_SLICE && index + 1 < plan.sources.length) continue;
      shown.push(...(await this.show(rows)));
      rows = [];
    }
    return shown;
  }

  private async plan(
    key: CurrentApiKey,
    bucketId: string,
    filters: NonNullable<QueryBody['filters']>,
    pause: Pause,
  ): Promise<Plan> {
    const bucket = await this.buckets.get(key, bucketId);
    const { dataSourceId, dataSourceIds, metadata, fields } = filters;
    const ids = dataSourceId === undefined ? dataSourceIds : [dataSourceId];
    const found = await this.sources.listByIds(key, bucketId, ids, pause);
    const sources = [...found].sort((one, other) => one.number - other.number);
    for (const name of fields ?? [])
      if (!sources.some(({ schema }) => schema.some((field) => field.name === name)))
        throw refused(FIELD_UNKNOWN, ['body', 'filters', 'fields'], name);
    const kept = bucket.retentionDays === null ? 0 : Date.now() - bucket.retentionDays * DAY_MILLIS;
    const range: Range = [Math.max(filters.startTime ?? 0, kept), filters.endTime ?? END_OF_TIME];
    const metas = new Map<number, ReadonlySet<number>>();
    if (metadata && Object.keys(metadata).length > 0)
      for (const { number } of sources)
        metas.set(number, await this.dictionary.matching(this.dataSource.manager, number, metadata, pause));
    const { offset = 0, sort = 'asc' } = filters;
    const isGiven = { start: filters.startTime !== undefined, end: filters.endTime !== undefined };
    return { sources, range, isGiven, fields, metas: metas.size > 0 ? metas : undefined, offset, sort, pause };
  }

  private async raw(plan: Plan, limit: number, after: Cursor | undefined): Promise<QueryAnswer> {
    const data: QueryRow[] = [];
    let hasMore = false;
    let last: RawRow | undefined;
    for await (const rows of rawRows(this.store, this.dataSource.manager, { ...plan, limit: limit + 1, after })) {
      hasMore = data.length + rows.length > limit;
      const page = hasMore ? rows.slice(0, limit - data.length) : rows;
      last = page.at(-1) ?? last;
      data.push(...(await this.show(page)));
      await plan.pause();
    }
    const nextCursor = hasMore && last ? writeCursor({ ...last.point, source: last.source.number }) : undefined;
    return {
      data,
      metadata: { count: data.length, hasMore, downsamplingApplied: false, ...(nextCursor && { nextCursor }) },
    };
  }

  /** Some rows as a client sees them. */
  private async show(rows: readonly RawRow[]): Promise<QueryRow[]> {
    const numbers = new Map<Source, Set<number>>();
    for (const { source, point } of rows) {
      const known = numbers.get(source);
      if (known) known.add(point.meta);
      else numbers.set(source, new Set([point.meta]));
    }
    const metadata = new Map<Source, Map<number, unknown>>();
    for (const [source, wanted] of numbers)
      metadata.set(source, await this.dictionary.read(this.dataSource.manager, source.number, wanted));
    return rows.map(({ source, point, values }) => ({
      _id: pointIdOf(source.number, point),
      dataSourceId: source.id,
      timestamp: new Date(point.at).toISOString(),
      values,
      metadata: metadata.get(source)?.get(point.meta) ?? null,
    }));
  }

  private async grouped(
    plan: Plan,
    grouping: Grouping,
    { limit, shown, applied = false }: { limit: number; shown: object; applied?: boolean },
  ): Promise<QueryAnswer> {
    const range = await this.extentOf(plan);
    const answers: GroupRows[] = [];
    const starts = range ? startsOf(range, grouping, plan.sources.length) : [];
    for (const source of range ? plan.sources : []) {
      const fields = fieldsOf(source, plan.fields, grouping);
      const metas = plan.metas?.get(source.number);
      const wish = {
        range: range as Range,
        starts,
        fields,
        aggregations: grouping.aggregations,
        metas,
        pause: plan.pause,
      };
      const groups = await groupPoints(this.dataSource.manager, this.store, source, wish);
      answers.push(await GroupRows.of(groups, { ...grouping, starts, fields, pause: plan.pause }));
    }
    const { rows: data, hasMore } = await pageOf(answers, { ...plan, limit, groups: Math.max(0, starts.length - 1) });
    return { data, metadata: { count: data.length, hasMore, downsamplingApplied: applied, ...shown } };
  }

  /** The range, where an end is open that of the points that there are; nothing without points. */
  private async extentOf({ sources, range: [from, to], isGiven, pause }: Plan): Promise<Range | undefined> {
    let [first, last] = [Infinity, -Infinity];
    for (const source of sources) {
      const { firstAt, lastAt } = await this.sources.statsOf(source);
      if (firstAt !== null) first = Math.min(first, firstAt);
      if (lastAt !== null) last = Math.max(last, lastAt);
      await pause();
    }
    if (first > last) return undefined;
    const start = isGiven.start ? from : Math.max(from, first);
    const end = isGiven.end ? to : last + 1;
    return start < end ? [start, end] : undefined;
  }

  /** The least unit that answers with some 500 rows, where there are more points than that. */
  private async automaticStep(plan: Plan): Promise<(typeof AUTOMATIC_STEPS)[number] | undefined> {
    let points = 0;
    for (const source of plan.sources) {
      points += await this.countUpTo(plan, source, MOST_AUTOMATIC_POINTS + 1 - points);
      if (points > MOST_AUTOMATIC_POINTS) break;
      await plan.pause();
    }
    if (points <= MOST_AUTOMATIC_POINTS) return undefined;
    // What is asked for may be much longer than what there is.
    const extent = await this.extentOf({ ...plan, isGiven: { start: false, end: false } });
    if (!extent) return undefined;
    const rowsOf = (unit: Step['unit']) =>
      (groupStarts(extent, { count: 1, unit }, 'UTC', MOST_AUTOMATIC_ROWS)?.length ?? Infinity) - 1;
    return AUTOMATIC_STEPS.find((unit) => rowsOf(unit) * plan.sources.length <= MOST_AUTOMATIC_ROWS) ?? 'month';
  }

  /** How many points of a source are in the range, or more than enough of them. */
  private async countUpTo({ range, metas, pause }: Plan, source: Source, enough: number): Promise<number> {
    const { manager } = this.dataSource;
    const wanted = metas?.get(source.number);
    let count = 0;
    if (!wanted) {
      const inside: Range = [Math.ceil(range[0] / QUARTER_MILLIS), Math.floor(range[1] / QUARTER_MILLIS)];
      const whole = inside[0] < inside[1] ? await countQuarters(manager, source.number, inside) : 0;
      if (whole >= enough) return whole;
    }
    for await (const points of pagesOf(manager, this.store, source, range, { pause })) {
      count += wanted ? points.filter(({ meta }) => wanted.has(meta)).length : points.length;
      if (count >= enough) break;
    }
    return count;
  }
}

type Asked = Omit<QueryBody, 'filters'> & { readonly filters: NonNullable<QueryBody['filters']> };

function refuseContradictions({ filters, groupBy, aggregation, fill = 'none' }: Asked): void {
  const { startTime = 0, endTime = END_OF_TIME, dataSourceId, dataSourceIds, cursor } = filters;
  if (dataSourceId !== undefined && dataSourceIds)
    throw refused(errors.SOURCES_TWICE, ['body', 'filters', 'dataSourceIds']);
  if (startTime >= endTime) throw refused(errors.TIMES_REVERSED, ['body', 'filters', 'startTime']);
  if (fill !== 'none' && groupBy === undefined) throw refused(errors.FILL_NEEDS_GROUPS, ['body', 'fill']);
  if (cursor !== undefined && (groupBy !== undefined || aggregation !== undefined))
    throw refused(errors.CURSOR_WITH_GROUPS, ['body', 'filters', 'cursor']);
}

function refused({ message }: Refusal, path: readonly string[], field = ''): ValidationError {
  return new ValidationError([{ path, message: message.replace('<field>', () => field) }]);
}

function listOf(aggregation: Aggregation | readonly Aggregation[]): readonly Aggregation[] {
  return typeof aggregation === 'string' ? [aggregation] : [...new Set(aggregation)];
}

function startsOf(range: Range, { step, zone }: Grouping, sources: number): readonly number[] {
  if (!step) return range;
  const most = Math.floor(MOST_GROUPS / Math.max(1, sources));
  const starts = groupStarts(range, step, zone, most);
  if (starts) return starts;
  throw refused(errors.TOO_MANY_GROUPS, ['body', 'groupBy']);
}

/** The fields of a source that are asked for and can be put together so. One that is named must be fit for it. */
function fieldsOf({ schema }: Source, named: readonly string[] | undefined, grouping: Grouping): readonly Field[] {
  const { aggregations, automatic } = grouping;
  if (automatic) return schema.filter(({ name }) => named?.includes(name) ?? true);
  const unfit = schema.find((field) => named?.includes(field.name) && !aggregations.some((one) => fits(field, one)));
  if (unfit) throw refused(errors.FIELD_NOT_AGGREGATED, ['body', 'aggregation'], unfit.name);
  return schema.filter(
    (field) => (named?.includes(field.name) ?? true) && aggregations.some((one) => fits(field, one)),
  );
}
