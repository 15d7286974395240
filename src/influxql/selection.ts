import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PointStore, type Range } from '../points/point-store';
import { END_OF_TIME } from '../query/contradictions';
import { SourcePoints } from '../sources/source-points';
import { findSourcesByNumber } from '../sources/source-rows';
import { aggregateCells } from './aggregate-rows';
import type { Cell, Series } from './answer';
import { Catalog, type Measurement } from './catalog';
import { regexesIn } from './columns';
import { dimensionsOf, filteredSeries, groupsOf, type TagGroup } from './dimensions';
import type { GroupedSource, GroupPlan } from './group-plan';
import { ITEMS_PER_TURN } from './in-turns';
import { InfluxQLError } from './influxql-error';
import { rawCells } from './raw-rows';
import { compileSelect, type CompiledSelect } from './select-plan';
import type { StatementContext } from './statement-context';
import { stepsOf } from './steps';
import type { SelectStatement } from './syntax';
import { timedCondition, type TimedCondition } from './time-range';

/** The most time buckets of one series, and of an answer. */
export const MOST_BUCKETS = 500_000;
export const MOST_BUCKETS_OF_ALL = 10_000_000;

/** Runs `SELECT`. */
@Injectable()
export class Selection {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PointStore,
    private readonly points: SourcePoints,
    private readonly catalog: Catalog,
  ) {}

  async *run(statement: SelectStatement, context: StatementContext): AsyncGenerator<Series> {
    const timed = timedCondition(statement.where, { now: context.now, timeZone: statement.timeZone });
    const measurements = await this.catalog.find(context, statement.from);
    const grouped = await dimensionsOf(statement, measurements, context.yieldTurn);
    const regexes = regexesIn(statement.fields);
    const names = regexes.length > 0 ? measurements.flatMap(({ fields, tags }) => [...fields.keys(), ...tags]) : [];
    for (const regex of regexes) await regex.learn(new Set(names), context.yieldTurn);
    const compiled = compileSelect(statement, measurements, new Set(grouped));
    const groups: { measurement: Measurement; group: TagGroup }[] = [];
    for (const measurement of measurements) {
      const series = await filteredSeries(measurement, timed.condition, context.yieldTurn);
      for (const group of await groupsOf(series, grouped, context.yieldTurn)) groups.push({ measurement, group });
    }
    const { seriesOffset = 0, seriesLimit = Infinity } = statement;
    const shown = (statement.isDescending ? groups.reverse() : groups).slice(seriesOffset, seriesOffset + seriesLimit);
    const manager = this.dataSource.createEntityManager();
    const budget = { buckets: 0 };
    for (const { measurement, group } of shown) {
      const plan = await this.planOf(manager, { statement, context, timed, compiled, measurement, group });
      if (!plan) continue;
      requireFewBuckets(plan, budget);
      const cells = limited(compiled.hasAggregates ? aggregateCells(plan) : rawCells(plan), statement);
      const first = await cells.next();
      if (first.done) continue;
      yield {
        name: measurement.name,
        ...(grouped.length > 0 && { tags: group.tags }),
        columns: ['time', ...compiled.columns.map(({ name }) => name)],
        hasTime: true,
        pages: pagesFrom(first.value, cells),
      };
      await context.yieldTurn();
    }
  }

  /** Undefined if there are no points in the range. */
  private async planOf(
    manager: EntityManager,
    { statement, context, timed, compiled, measurement, group }: Wanted,
  ): Promise<GroupPlan | undefined> {
    const { now, yieldTurn } = context;
    const sources = await this.sourcesOf(manager, group, measurement.visibleFrom, context);
    if (sources.length === 0) return undefined;
    const isTimed = statement.groupByTime !== undefined;
    const earliest = Math.min(...[...extents(sources)].map(([from]) => from));
    const from = Math.max(measurement.visibleFrom, timed.from ?? (isTimed ? earliest : 0));
    const to = Math.min(timed.to ?? (isTimed && compiled.hasAggregates ? now + 1 : END_OF_TIME), END_OF_TIME);
    if (from >= to) return undefined;
    const { inputs, columns, stepsBefore } = compiled;
    return {
      ...{ manager, store: this.store, sources, fields: measurement.fields, inputs, stepsBefore, yieldTurn },
      columns: columns.map((column) => ({ ...column, makesRows: column.makesRowsIn(measurement.fields) })),
      range: isTimed ? [from, to] : withinExtents([from, to], sources),
      shownFrom: timed.shownFrom ?? 0,
      steps: statement.groupByTime && stepsOf(statement.groupByTime, statement.timeZone),
      fill: statement.fill,
      sort: statement.isDescending ? 'desc' : 'asc',
      conditionFields: compiled.conditionNames.filter((name) => measurement.fields.has(name)),
    };
  }

  private async sourcesOf(
    manager: EntityManager,
    { series }: TagGroup,
    visibleFrom: number,
    { yieldTurn }: StatementContext,
  ): Promise<GroupedSource[]> {
    const sources: GroupedSource[] = [];
    for (let begin = 0; begin < series.length; begin += ITEMS_PER_TURN) {
      const some = series.slice(begin, begin + ITEMS_PER_TURN);
      const found = await findSourcesByNumber(
        manager,
        some.map(({ number }) => number),
      );
      const byNumber = new Map(found.map((one) => [one.number, one]));
      for (const { number, tags, filter } of some) {
        const source = byNumber.get(number);
        if (!source) continue;
        const { firstAt, lastAt } = await this.points.extentOf(manager, number, visibleFrom);
        if (firstAt !== null && lastAt !== null) sources.push({ source, tags, filter, extent: [firstAt, lastAt + 1] });
        await yieldTurn();
      }
    }
    return sources;
  }
}

interface Wanted {
  readonly statement: SelectStatement;
  readonly context: StatementContext;
  readonly timed: TimedCondition;
  readonly compiled: CompiledSelect;
  readonly measurement: Measurement;
  readonly group: TagGroup;
}

function* extents(sources: readonly GroupedSource[]): Generator<Range> {
  for (const { extent } of sources) yield extent;
}

/** An aggregate of all time reads no farther than there are points. */
function withinExtents([from, to]: Range, sources: readonly GroupedSource[]): Range {
  let [first, last] = [Infinity, -Infinity];
  for (const [start, end] of extents(sources)) [first, last] = [Math.min(first, start), Math.max(last, end)];
  return [Math.max(from, first), Math.max(Math.max(from, first), Math.min(to, last))];
}

function requireFewBuckets({ steps, range }: GroupPlan, budget: { buckets: number }): void {
  if (!steps) return;
  const start = steps.startOf(range[0]);
  const buckets = Math.ceil((range[1] - start) / (steps.next(start) - start));
  budget.buckets += buckets;
  if (buckets > MOST_BUCKETS || budget.buckets > MOST_BUCKETS_OF_ALL)
    throw new InfluxQLError(
      `max-select-buckets limit exceeded: (${Math.max(buckets, budget.buckets)}/${buckets > MOST_BUCKETS ? MOST_BUCKETS : MOST_BUCKETS_OF_ALL})`,
    );
}

/** The rows after `OFFSET`, up to `LIMIT`. */
async function* limited(
  pages: AsyncIterable<Cell[][]>,
  { offset = 0, limit = Infinity }: SelectStatement,
): AsyncGenerator<Cell[][]> {
  let passed = 0;
  for await (const page of pages) {
    const rows = page.slice(Math.max(0, offset - passed), Math.max(0, offset + limit - passed));
    passed += page.length;
    if (rows.length > 0) yield rows;
    if (passed >= offset + limit) return;
  }
}

async function* pagesFrom(first: Cell[][], rest: AsyncIterable<Cell[][]>): AsyncGenerator<Cell[][]> {
  yield first;
  yield* rest;
}
