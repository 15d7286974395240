import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import type { Field } from '../sources/schema';
import { isPostgres } from '../database/sql';
import type { NumberSet } from '../points/ascending-numbers';
import { occupiedWindows } from '../points/occupied-windows';
import { hasPending } from '../points/pending-rollups';
import { PointStore, type Range } from '../points/point-store';
import { countSteps, stepsOf, sumSteps, type Steps } from '../points/rollup-steps';
import { ROLLUP_WINDOW_MILLIS, readRollups } from '../points/rollups';
import type { Summary } from '../points/summary';
import { othersOf, valueOf, type PackedPoint } from '../points/values';
import { FieldGroup, isSummed, needsEach, type Aggregation } from './aggregations';
import { countWithAnyField, hasAnyOf } from './field-counts';
import { pagesOf } from './point-pages';

const WINDOWS_PER_TURN = 2000;

/** The groups of one source, with the count of points and the values of each field. */
export interface SourceGroups {
  /** The start of each group, then the end of the last one. */
  readonly starts: readonly number[];
  readonly counts: Float64Array;
  /** By group, then in the order of the fields; undefined for a group without points. */
  readonly fields: (readonly FieldGroup[] | undefined)[];
}

export interface GroupOptions {
  readonly range: Range;
  /** The start of each group, then the end of the last one. */
  readonly starts: readonly number[];
  readonly fields: readonly Field[];
  readonly aggregations: readonly Aggregation[];
  /** The numbers of the metadata to which points are filtered; undefined for no filter. */
  readonly metas: NumberSet | undefined;
  /** Whether only points with a value of one of the fields are counted. */
  readonly isNamed?: boolean | undefined;
  readonly yieldTurn: YieldTurn;
  /** Does not keep the values that quantiles need. */
  readonly keepsNone?: boolean;
  /** Leaves out the counts of points, which take a second read of the rollups. Not with `most`. */
  readonly countsNone?: boolean;
  /** The most groups to compute if rollups show which groups have points: the first ones, or with `desc` the last ones. */
  readonly most?: { readonly groups: number; readonly sort: 'asc' | 'desc' };
}

/** Aggregates the points of a source by group, from rollups wherever the time buckets allow it. */
export async function groupPoints(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  options: GroupOptions,
): Promise<SourceGroups> {
  const [first, last] = rollupWindowsOf(options);
  if (first >= last || (await hasPending(manager, source.number, [first, last]))) {
    const groups = new Groups(options, new Float64Array(options.starts.length - 1));
    await addPoints(manager, store, source, groups, options.range);
    return groups;
  }
  const sums = isPostgres(manager) ? undefined : stepsOf(options.starts, [first, last]);
  const counted = await countPoints(manager, source, options, sums ?? [first, last]);
  const kept = cutOf(options, counted);
  const from = Math.max(options.range[0], kept.starts[0] ?? 0);
  const to = Math.min(options.range[1], kept.starts.at(-1) ?? 0);
  const groups = new Groups({ ...options, starts: kept.starts }, kept.counts);
  const inside: Range = [Math.max(first, from / ROLLUP_WINDOW_MILLIS), Math.min(last, to / ROLLUP_WINDOW_MILLIS)];
  const isCut = kept.starts.length < options.starts.length;
  await addRollups(manager, source, groups, inside, isCut && sums ? stepsOf(kept.starts, inside) : sums);
  if (options.isNamed)
    await countWithAnyField(manager, store, source, groups, [
      inside[0] * ROLLUP_WINDOW_MILLIS,
      inside[1] * ROLLUP_WINDOW_MILLIS,
    ]);
  await addPoints(manager, store, source, groups, [from, inside[0] * ROLLUP_WINDOW_MILLIS]);
  await addPoints(manager, store, source, groups, [inside[1] * ROLLUP_WINDOW_MILLIS, to]);
  return groups;
}

/** The whole rollup windows that can be used. The partial windows at both ends are read from points. */
function rollupWindowsOf({ range, starts, aggregations, metas }: GroupOptions): readonly [number, number] {
  if (metas || aggregations.some(needsEach)) return [0, 0];
  if (!starts.slice(1, -1).every((start) => start % ROLLUP_WINDOW_MILLIS === 0)) return [0, 0];
  const [from, to] = [Math.max(range[0], starts[0] ?? 0), Math.min(range[1], starts.at(-1) ?? 0)];
  return [Math.ceil(from / ROLLUP_WINDOW_MILLIS), Math.floor(to / ROLLUP_WINDOW_MILLIS)];
}

async function countPoints(
  manager: EntityManager,
  source: Source,
  { starts, yieldTurn, countsNone }: GroupOptions,
  rollupWindows: readonly Steps[] | readonly [number, number],
): Promise<Float64Array> {
  const counts = new Float64Array(starts.length - 1);
  if (countsNone) return counts;
  const finder = new Finder(starts);
  const add = (rollupWindow: number, n: number) => {
    const index = finder.find(rollupWindow * ROLLUP_WINDOW_MILLIS);
    counts[index] = (counts[index] ?? 0) + n;
  };
  if (areSteps(rollupWindows))
    for (const steps of rollupWindows) {
      for (const { rollupWindow, n } of await countSteps(manager, source.number, steps)) add(rollupWindow, n);
      await yieldTurn();
    }
  else
    for (const some of turnsOf(rollupWindows)) {
      for (const { rollupWindow, n } of await occupiedWindows(manager, source.number, some, WINDOWS_PER_TURN))
        add(rollupWindow, n);
      await yieldTurn();
    }
  return counts;
}

function* turnsOf([from, to]: readonly [number, number]): Generator<readonly [number, number]> {
  for (let begin = from; begin < to; begin += WINDOWS_PER_TURN) yield [begin, Math.min(to, begin + WINDOWS_PER_TURN)];
}

/** Limits the groups to the requested number. The first and the last may still get points of partial windows. */
function cutOf({ starts, most }: GroupOptions, counts: Float64Array): Pick<SourceGroups, 'starts' | 'counts'> {
  if (!most) return { starts, counts };
  let left = most.groups;
  if (most.sort === 'asc') {
    const end = counts.findIndex((count) => count > 0 && --left === 0) + 1;
    return left > 0 ? { starts, counts } : { starts: starts.slice(0, end + 1), counts: counts.slice(0, end) };
  }
  const begin = counts.findLastIndex((count) => count > 0 && --left === 0);
  return left > 0 ? { starts, counts } : { starts: starts.slice(begin), counts: counts.slice(begin) };
}

async function addRollups(
  manager: EntityManager,
  source: Source,
  groups: Groups,
  range: readonly [number, number],
  sums: readonly Steps[] | undefined,
): Promise<void> {
  const { fields, aggregations, yieldTurn } = groups.options;
  for (const [index, field] of fields.entries()) {
    const isSummable = field.type === 'number' && aggregations.every(isSummed);
    await summaries(manager, { source, field, yieldTurn }, (isSummable && sums) || range, (at, summary) =>
      groups.at(at)[index]?.summary.merge(summary),
    );
  }
}

/** Passes the rollups of one field to `add`: summed by step, or window by window. */
async function summaries(
  manager: EntityManager,
  { source, field, yieldTurn }: { source: Source; field: Field; yieldTurn: YieldTurn },
  rollupWindows: readonly Steps[] | readonly [number, number],
  add: (at: number, summary: Summary) => void,
): Promise<void> {
  if (areSteps(rollupWindows)) {
    for (const steps of rollupWindows) {
      for (const { rollupWindow, summary } of await sumSteps(manager, source.number, field, steps))
        add(rollupWindow * ROLLUP_WINDOW_MILLIS, summary);
      await yieldTurn();
    }
    return;
  }
  for (const some of turnsOf(rollupWindows)) {
    for (const { rollupWindow, summary } of await readRollups(manager, source.number, field, some))
      add(rollupWindow * ROLLUP_WINDOW_MILLIS, summary);
    await yieldTurn();
  }
}

function areSteps(rollupWindows: readonly Steps[] | readonly [number, number]): rollupWindows is readonly Steps[] {
  return typeof rollupWindows[0] !== 'number';
}

async function addPoints(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  groups: Groups,
  range: Range,
): Promise<void> {
  for await (const points of pagesOf(manager, store, source, range, { yieldTurn: groups.options.yieldTurn }))
    for (const point of points) groups.add(point);
}

class Groups implements SourceGroups {
  readonly starts: readonly number[];
  readonly fields: (readonly FieldGroup[] | undefined)[];
  private readonly keepsEach: boolean;
  private readonly finder: Finder;

  constructor(
    readonly options: GroupOptions,
    readonly counts: Float64Array,
  ) {
    this.starts = options.starts;
    this.fields = new Array<undefined>(counts.length).fill(undefined);
    this.keepsEach = !options.keepsNone && options.aggregations.some(needsEach);
    this.finder = new Finder(options.starts);
  }

  add(point: PackedPoint): void {
    const { metas, fields, isNamed } = this.options;
    if (metas && !metas.has(point.meta)) return;
    if (isNamed && !hasAnyOf(fields, point)) return;
    const index = this.finder.find(point.at);
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    const group = this.at(point.at);
    const others = othersOf(point);
    for (const [index, field] of fields.entries()) {
      const value = valueOf(field, point.columns, others);
      if (value !== undefined) group[index]?.add(point, value);
    }
  }

  at(at: number): readonly FieldGroup[] {
    return (this.fields[this.finder.find(at)] ??= this.options.fields.map(
      (field) => new FieldGroup(this.keepsEach && field.type === 'number'),
    ));
  }
}

/** Finds the group of a time. Times are nearly sorted, so it searches from the last group on. */
class Finder {
  private group = 0;

  constructor(private readonly starts: readonly number[]) {}

  find(at: number): number {
    const { starts } = this;
    if (at < (starts[this.group] ?? 0)) this.group = 0;
    while (at >= (starts[this.group + 1] ?? Infinity)) this.group += 1;
    return this.group;
  }
}
