import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import type { Field } from '../sources/schema';
import type { NumberSet } from '../points/ascending-numbers';
import type { PointStore, Range } from '../points/point-store';
import { countInWindows, ROLLUP_WINDOW_MILLIS } from '../points/rollups';
import { othersOf, valueOf } from '../points/values';
import { fits, needsEach, ranksOf, type Aggregation, type FieldGroup } from './aggregations';
import type { Cell } from './cells';
import { groupPoints, type SourceGroups } from './grouped-query';
import { pagesOf } from './point-pages';
import { RankSearch } from './rank-search';
import type { TimeBuckets, Span } from './time-steps';

/** How much of one query is in memory at a time. */
export interface Memory {
  /** What groups take at most while they are made, however many are asked for. */
  readonly chunkBytes: number;
  /** What the groups of all sources take at most that wait for their turn, besides those of the source that is being read. */
  readonly heldBytes: number;
  /** Values that quantiles keep. Of a group with more of them each is read several times instead. */
  readonly values: number;
}

export const MEMORY: Memory = { chunkBytes: 8_000_000, heldBytes: 16_000_000, values: 2_000_000 };
const FIELD_BYTES = 256;
/** The first and the last of a text field: 1,000 characters each. */
const TEXTS_BYTES = 4096;
/** What a value of a group takes at least once it is made. */
export const VALUE_BYTES = 24;
/** So many fields of such a group are looked through at a time: each takes up to 1.5 MB. */
const FIELDS_PER_SEARCH = 16;
const WINDOWS_PER_COUNT = 20_000;
/** So much is done in some milliseconds: values put in order, or results made at the price of some. */
const WORK_PER_TURN = 20_000;
const WORK_OF_A_GROUP = 10;
/** Steps of a calendar that are found in some milliseconds in a time zone with a clock that changes. */
const SPANS_PER_TURN = 250;
/** Where rollups tell which groups have points, so many groups may be looked at for few with points. */
const LONGEST_GRID = 4096;
/** Spans of one chunk at most, with points or without. */
const MOST_SPANS = 16_384;
/** Sources that are read together, as far as they have about so many rows of rollups or points in one statement. */
const MOST_AT_ONCE = 64;
const ROWS_AT_ONCE = 4000;
/** Points of which nothing is known: those before the first and behind the last whole rollup window, or all of fine time buckets. */
const ROWS_OF_EDGES = 60;
const ROWS_OF_POINTS = 500;
/** Rows that only count the points of a rollup window take so much less than the others. */
const SHARE_OF_COUNTS = 1 / 8;

/** One value of each group: of a field, under the name that was asked for. */
export interface Column {
  readonly field: Field;
  readonly name: Aggregation;
  /** How it is made in fact: the last value of what cannot be averaged. */
  readonly real: Aggregation;
}

export interface ReadOptions {
  readonly range: Range;
  readonly timeBuckets: TimeBuckets;
  readonly columns: readonly Column[];
  readonly aggregations: readonly Aggregation[];
  readonly metas: NumberSet | undefined;
  /** Whether points without a value of these columns' fields are left out, and not counted. */
  readonly isNamed?: boolean | undefined;
  /** The earliest time that `fill` may look back to for a value before the range. Not before the range unless given. */
  readonly visibleFrom?: number | undefined;
  readonly yieldTurn: YieldTurn;
  readonly memory?: Memory | undefined;
}

/** Groups of one source that follow each other, with their results. */
export interface Chunk {
  /** Where they begin, and where the last one ends. */
  readonly starts: readonly number[];
  readonly counts: Float64Array;
  /** By group, then in the order of the columns; nothing where a group has no points. */
  readonly values: readonly (readonly Cell[] | undefined)[];
}

/** Reads groups of one source, as many at a time as fit into a fixed amount of memory. */
export class GroupReader {
  /** How many groups are made at a time at most. */
  readonly mostGroups: number;
  /** Whether groups without points cost little, as rollups tell of them. */
  private readonly isSparse: boolean;
  private readonly memory: Memory;

  constructor(
    readonly manager: EntityManager,
    private readonly store: PointStore,
    readonly source: Source,
    readonly options: ReadOptions,
  ) {
    this.memory = options.memory ?? MEMORY;
    const fields = fieldsOf(options.columns);
    const texts = fields.filter(({ type }) => type === 'string').length;
    const bytes = fields.length * FIELD_BYTES + texts * TEXTS_BYTES + options.columns.length * VALUE_BYTES;
    this.mostGroups = Math.max(1, Math.floor(this.memory.chunkBytes / (bytes + VALUE_BYTES)));
    this.isSparse = !options.metas && !options.aggregations.some(needsEach) && options.timeBuckets.isCoarse;
  }

  /** How many sources like this one can be read at the same time within the memory of one, for so many groups of each. */
  atOnce(wanted: number): number {
    if (this.options.aggregations.some(needsEach)) return 1;
    const groups = Math.min(wanted, this.mostGroups);
    const fitting = Math.min(ROWS_AT_ONCE / this.rowsOf(groups), this.mostGroups / groups);
    return Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(fitting)));
  }

  /** About how many rows the longest statement reads for so many groups. */
  private rowsOf(groups: number): number {
    if (!this.isSparse) return ROWS_OF_POINTS;
    const { timeBuckets, range } = this.options;
    const quarters = (range[1] - range[0]) / ROLLUP_WINDOW_MILLIS;
    const { start, end } = timeBuckets.spanAt(range[0]);
    const ofGroups = (groups * (end - start)) / ROLLUP_WINDOW_MILLIS;
    return ROWS_OF_EDGES + Math.min(quarters, ofGroups) + SHARE_OF_COUNTS * quarters;
  }

  /** The next spans from a time on, the earliest first whichever way it goes: enough for so many groups. */
  async spansFrom(at: number, sort: 'asc' | 'desc', wanted: number, mayBeEmpty: boolean): Promise<Span[]> {
    const { timeBuckets, range, yieldTurn } = this.options;
    const within = Math.min(wanted, this.mostGroups, MOST_SPANS);
    const most = mayBeEmpty && this.isSparse ? Math.min(LONGEST_GRID, Math.max(256, 2 * within)) : within;
    const spans: Span[] = [];
    for (const span of timeBuckets.spans(sort === 'asc' ? [at, range[1]] : [range[0], at], sort)) {
      if (spans.push(span) === most) break;
      if (timeBuckets.isSlow && spans.length % SPANS_PER_TURN === 0) await yieldTurn();
    }
    return sort === 'asc' ? spans : spans.reverse();
  }

  /**
   * Makes the groups of some of these spans: as many as fit, from the end that `sort` begins at.
   *
   * @param wanted how many groups with points are enough
   */
  async read(
    spans: readonly Span[],
    sort: 'asc' | 'desc',
    { columns = this.options.columns, wanted = Infinity }: { columns?: readonly Column[]; wanted?: number } = {},
  ): Promise<Chunk> {
    const { range, aggregations, metas, isNamed, yieldTurn } = this.options;
    const fields = fieldsOf(columns);
    const { starts, keepsNone } = await this.fit(startsOf(spans), sort, fields);
    const most = { groups: Math.min(wanted, this.mostGroups), sort };
    const within: Range = [Math.max(range[0], starts[0] ?? 0), Math.min(range[1], starts.at(-1) ?? 0)];
    const options = { range: within, starts, fields, aggregations, metas, isNamed, yieldTurn, keepsNone, most };
    const groups = await groupPoints(this.manager, this.store, this.source, options);
    if (keepsNone) await this.searchRanks(groups, fields, within);
    const values = await resultsOf(groups, fields, columns, yieldTurn);
    return { starts: groups.starts, counts: groups.counts, values };
  }

  /** Leaves out groups whose single values would not fit into memory together, and says whether a single group is too large. */
  private async fit(
    starts: readonly number[],
    sort: 'asc' | 'desc',
    fields: readonly Field[],
  ): Promise<{ starts: readonly number[]; keepsNone: boolean }> {
    const isSingle = starts.length <= 2;
    const numbers = fields.filter(({ type }) => type === 'number').length;
    if (numbers === 0 || !this.options.aggregations.some(needsEach))
      return {
        starts: this.isSparse && !this.areWindows(starts) ? this.cut(starts, sort, this.mostGroups) : starts,
        keepsNone: false,
      };
    const most = Math.floor(this.memory.values / numbers);
    const count = await this.countUpTo([starts[0] ?? 0, starts.at(-1) ?? 0], most);
    if (count <= most || isSingle) return { starts, keepsNone: count > most };
    return this.fit(this.cut(starts, sort, Math.ceil((starts.length - 1) / 2)), sort, fields);
  }

  /** Reads what lies before the range, as far back as is visible; undefined where that is nothing. */
  beforeRange(): GroupReader | undefined {
    const { range, visibleFrom } = this.options;
    if (visibleFrom === undefined || visibleFrom >= range[0]) return undefined;
    return new GroupReader(this.manager, this.store, this.source, { ...this.options, range: [visibleFrom, range[0]] });
  }

  private areWindows(starts: readonly number[]): boolean {
    return starts.slice(1, -1).every((start) => start % ROLLUP_WINDOW_MILLIS === 0);
  }

  private cut(starts: readonly number[], sort: 'asc' | 'desc', groups: number): readonly number[] {
    return sort === 'asc' ? starts.slice(0, groups + 1) : starts.slice(-groups - 1);
  }

  /** How many points are in a range, those of its first and its last rollup window all counted: exact up to `enough`. */
  private async countUpTo([from, to]: Range, enough: number): Promise<number> {
    const { range, yieldTurn } = this.options;
    const first = Math.floor(Math.max(from, range[0]) / ROLLUP_WINDOW_MILLIS);
    const last = Math.ceil(Math.min(to, range[1]) / ROLLUP_WINDOW_MILLIS);
    let count = 0;
    for (let begin = first; begin < last && count <= enough; begin += WINDOWS_PER_COUNT) {
      const end = Math.min(last, begin + WINDOWS_PER_COUNT);
      count += await countInWindows(this.manager, this.source.number, [begin, end]);
      await yieldTurn();
    }
    return count;
  }

  /** Finds what quantiles need in a single group whose values do not fit into memory. */
  private async searchRanks(groups: SourceGroups, fields: readonly Field[], range: Range): Promise<void> {
    const { aggregations, metas, yieldTurn } = this.options;
    const searches = fields.flatMap((field, index) => {
      const group = groups.fields[0]?.[index];
      return group && field.type === 'number' && group.summary.n > 0 ? [{ field, group }] : [];
    });
    for (let start = 0; start < searches.length; start += FIELDS_PER_SEARCH) {
      const some = searches.slice(start, start + FIELDS_PER_SEARCH).map(({ field, group }) => {
        const ranks = ranksOf(group.summary.n, aggregations);
        const search = new RankSearch(ranks, Math.floor(this.memory.values / FIELDS_PER_SEARCH));
        group.findRanksWith((rank) => search.valueAt(rank));
        return { field, search };
      });
      while (some.some(({ search }) => !search.isDone)) {
        for await (const points of pagesOf(this.manager, this.store, this.source, range, { yieldTurn }))
          for (const point of points) {
            if (metas && !metas.has(point.meta)) continue;
            const others = othersOf(point);
            for (const { field, search } of some) {
              const value = valueOf(field, point.columns, others);
              if (typeof value === 'number') search.add(value);
            }
          }
        for (const { search } of some) search.endPass();
        await yieldTurn();
      }
    }
  }
}

/** The columns of some fields, in their order: a field has those of the aggregations that fit it. */
export function columnsOf(
  fields: readonly Field[],
  { aggregations, automatic }: { readonly aggregations: readonly Aggregation[]; readonly automatic: boolean },
): Column[] {
  return fields.flatMap((field) =>
    aggregations.flatMap((name) => {
      const real = automatic && !fits(field, name) ? 'last' : name;
      return fits(field, real) ? [{ field, name, real }] : [];
    }),
  );
}

function fieldsOf(columns: readonly Column[]): Field[] {
  return [...new Set(columns.map(({ field }) => field))];
}

function startsOf(spans: readonly Span[]): number[] {
  const starts = spans.map(({ start }) => start);
  starts.push(spans.at(-1)?.end ?? 0);
  return starts;
}

async function resultsOf(
  { fields: groups }: SourceGroups,
  fields: readonly Field[],
  columns: readonly Column[],
  yieldTurn: YieldTurn,
): Promise<Chunk['values']> {
  const places = columns.map(({ field, real }) => ({ place: fields.indexOf(field), real }));
  const values: (Cell[] | undefined)[] = [];
  let work = 0;
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index];
    work += WORK_OF_A_GROUP + columns.length;
    for (const field of group ?? []) {
      work += field.unsorted;
      if (field.unsorted > WORK_PER_TURN) await field.sort(yieldTurn);
    }
    values.push(group && places.map(({ place, real }) => resultOf(group[place], real)));
    // The single values of a group are not needed any more.
    groups[index] = undefined;
    if (work < WORK_PER_TURN) continue;
    work = 0;
    await yieldTurn();
  }
  return values;
}

function resultOf(group: FieldGroup | undefined, aggregation: Aggregation): Cell {
  return group?.result(aggregation);
}
