import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import type { Field } from '../sources/schema';
import type { NumberSet } from '../points/ascending-numbers';
import type { PointStore, Range } from '../points/point-store';
import { countInWindows, ROLLUP_WINDOW_MILLIS } from '../points/rollups';
import { needsEach, type Aggregation } from './aggregations';
import type { Cell } from './cells';
import { fieldsOf, type Column } from './group-columns';
import { searchRanks } from './group-ranks';
import { resultsOf } from './group-results';
import { groupPoints } from './grouped-query';
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
const WINDOWS_PER_COUNT = 20_000;
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
    if (keepsNone) {
      const search = { fields, range: within, aggregations, metas, values: this.memory.values, yieldTurn };
      await searchRanks(this.manager, this.store, this.source, groups, search);
    }
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
}

function startsOf(spans: readonly Span[]): number[] {
  const starts = spans.map(({ start }) => start);
  starts.push(spans.at(-1)?.end ?? 0);
  return starts;
}
