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

/** The memory that one query may use. */
export interface Memory {
  /** The most bytes of groups that are computed at a time, however many are requested. */
  readonly chunkBytes: number;
  /** The most bytes of computed groups that wait to be merged, over all sources but the one being read. */
  readonly bufferedBytes: number;
  /** The most values kept for quantiles. The points of a group with more values are read several times instead. */
  readonly values: number;
}

export const MEMORY: Memory = { chunkBytes: 8_000_000, bufferedBytes: 16_000_000, values: 2_000_000 };
const FIELD_BYTES = 256;
/** The first and the last value of a text field, up to 1,000 characters each. */
const TEXTS_BYTES = 4096;
/** The least memory of a computed value. */
export const VALUE_BYTES = 24;
const WINDOWS_PER_COUNT = 20_000;
/** Calendar steps found in a few milliseconds, in a time zone with clock changes. */
const SPANS_PER_TURN = 250;
/** Where rollups show which groups have points, the most groups that are examined to find a few with points. */
const MAX_SPARSE_SPANS = 4096;
/** The most spans of one chunk, with or without points. */
const MAX_SPANS = 16_384;
/** The most sources read concurrently, as long as their statements read about `ROWS_AT_ONCE` rows together. */
const MAX_AT_ONCE = 64;
const ROWS_AT_ONCE = 4000;
/** Estimates where rollups do not help: the points before the first and after the last whole rollup window, and the points of fine time buckets. */
const ROWS_OF_EDGES = 60;
const ROWS_OF_POINTS = 500;
/** The cost of a row that only counts the points of a rollup window, relative to the other rows. */
const SHARE_OF_COUNTS = 1 / 8;

export interface ReadOptions {
  readonly range: Range;
  readonly timeBuckets: TimeBuckets;
  readonly columns: readonly Column[];
  readonly aggregations: readonly Aggregation[];
  readonly metas: NumberSet | undefined;
  /** Whether points without a value of any of these fields are left out of the counts. */
  readonly isNamed?: boolean | undefined;
  /** The earliest time at which `fill` may look for a value before the range. By default it does not look before the range. */
  readonly visibleFrom?: number | undefined;
  readonly yieldTurn: YieldTurn;
  readonly memory?: Memory | undefined;
}

/** Consecutive groups of one source, with their results. */
export interface Chunk {
  /** The start of each group, then the end of the last one. */
  readonly starts: readonly number[];
  readonly counts: Float64Array;
  /** By group, then in the order of the columns; undefined for a group without points. */
  readonly values: readonly (readonly Cell[] | undefined)[];
}

/** Reads the groups of one source, in chunks that fit into a fixed amount of memory. */
export class GroupReader {
  /** The most groups computed at a time. */
  readonly maxGroups: number;
  /** Whether groups without points cost little because rollups show that they are empty. */
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
    this.maxGroups = Math.max(1, Math.floor(this.memory.chunkBytes / (bytes + VALUE_BYTES)));
    this.isSparse = !options.metas && !options.aggregations.some(needsEach) && options.timeBuckets.isCoarse;
  }

  /** How many sources like this one can be read concurrently within the memory of one, with this number of groups each. */
  atOnce(wanted: number): number {
    if (this.options.aggregations.some(needsEach)) return 1;
    const groups = Math.min(wanted, this.maxGroups);
    const fitting = Math.min(ROWS_AT_ONCE / this.rowsOf(groups), this.maxGroups / groups);
    return Math.max(1, Math.min(MAX_AT_ONCE, Math.floor(fitting)));
  }

  /** Estimates the rows that the longest statement reads for this number of groups. */
  private rowsOf(groups: number): number {
    if (!this.isSparse) return ROWS_OF_POINTS;
    const { timeBuckets, range } = this.options;
    const rollupWindows = (range[1] - range[0]) / ROLLUP_WINDOW_MILLIS;
    const { start, end } = timeBuckets.spanAt(range[0]);
    const ofGroups = (groups * (end - start)) / ROLLUP_WINDOW_MILLIS;
    return ROWS_OF_EDGES + Math.min(rollupWindows, ofGroups) + SHARE_OF_COUNTS * rollupWindows;
  }

  /** The next spans from a time on, enough for `wanted` groups. They are in ascending order in both directions. */
  async spansFrom(at: number, sort: 'asc' | 'desc', wanted: number, mayBeEmpty: boolean): Promise<Span[]> {
    const { timeBuckets, range, yieldTurn } = this.options;
    const within = Math.min(wanted, this.maxGroups, MAX_SPANS);
    const most = mayBeEmpty && this.isSparse ? Math.min(MAX_SPARSE_SPANS, Math.max(256, 2 * within)) : within;
    const spans: Span[] = [];
    for (const span of timeBuckets.spans(sort === 'asc' ? [at, range[1]] : [range[0], at], sort)) {
      if (spans.push(span) === most) break;
      if (timeBuckets.isSlow && spans.length % SPANS_PER_TURN === 0) await yieldTurn();
    }
    return sort === 'asc' ? spans : spans.reverse();
  }

  /**
   * Computes the groups of these spans, as many as fit into memory, starting at the end that `sort` starts at.
   *
   * @param wanted the number of groups with points after which it may stop
   */
  async read(
    spans: readonly Span[],
    sort: 'asc' | 'desc',
    { columns = this.options.columns, wanted = Infinity }: { columns?: readonly Column[]; wanted?: number } = {},
  ): Promise<Chunk> {
    const { range, aggregations, metas, isNamed, yieldTurn } = this.options;
    const fields = fieldsOf(columns);
    const { starts, keepsNone } = await this.fit(startsOf(spans), sort, fields);
    const most = { groups: Math.min(wanted, this.maxGroups), sort };
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

  /** Drops groups until the values needed for quantiles fit into memory. `keepsNone` is true if a single group is too large. */
  private async fit(
    starts: readonly number[],
    sort: 'asc' | 'desc',
    fields: readonly Field[],
  ): Promise<{ starts: readonly number[]; keepsNone: boolean }> {
    const isSingle = starts.length <= 2;
    const numbers = fields.filter(({ type }) => type === 'number').length;
    if (numbers === 0 || !this.options.aggregations.some(needsEach))
      return {
        starts: this.isSparse && !this.areWindows(starts) ? this.cut(starts, sort, this.maxGroups) : starts,
        keepsNone: false,
      };
    const most = Math.floor(this.memory.values / numbers);
    const count = await this.countUpTo([starts[0] ?? 0, starts.at(-1) ?? 0], most);
    if (count <= most || isSingle) return { starts, keepsNone: count > most };
    return this.fit(this.cut(starts, sort, Math.ceil((starts.length - 1) / 2)), sort, fields);
  }

  /** A reader of the visible time before the range; undefined if there is none. */
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

  /** Counts the points of a range, with all points of its first and last rollup window. Exact up to `enough`. */
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
