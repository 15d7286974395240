import type { EntityManager } from 'typeorm';
import type { Pause } from '../common/http/pause';
import type { Source } from '../data-sources/data-source.entity';
import type { Field } from '../data-sources/schema';
import { isPostgres } from '../database/sql';
import { PointStore, type Range } from '../points/point-store';
import { POINTS_SLOT, QUARTER_MILLIS, readQuarters, sumSteps, type Steps } from '../points/rollups';
import type { Summary } from '../points/summary';
import { othersOf, valueOf, type PackedPoint } from '../points/values';
import { FieldGroup, isSummed, needsEach, type Aggregation } from './aggregations';

/** So many points take some milliseconds: then others have their turn. */
export const POINTS_PER_TURN = 2000;
const QUARTERS_PER_TURN = 2000;
/** The same where the database adds them up. */
const QUARTERS_SUMMED_PER_TURN = 20_000;

/** The groups of one source: where each begins, how many points are in it, and its fields' values by name. */
export interface SourceGroups {
  readonly source: Source;
  readonly counts: Float64Array;
  /** By group, then in the order of the fields; nothing where a group has no points. */
  readonly fields: (readonly FieldGroup[] | undefined)[];
}

export interface GroupWish {
  readonly range: Range;
  /** Where the groups begin, and where the last one ends. */
  readonly starts: readonly number[];
  readonly fields: readonly Field[];
  readonly aggregations: readonly Aggregation[];
  /** The numbers of the metadata that points must have, where that is asked for. */
  readonly metas: ReadonlySet<number> | undefined;
  readonly pause: Pause;
}

/** Puts the points of a source together in groups: by what their quarters of an hour come to, wherever the grid allows it. */
export async function groupPoints(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  wish: GroupWish,
): Promise<SourceGroups> {
  const groups = new Groups(source, wish);
  const [from, to] = wish.range;
  const quarters = canUseQuarters(wish) ? [Math.ceil(from / QUARTER_MILLIS), Math.floor(to / QUARTER_MILLIS)] : [0, 0];
  const [first = 0, last = 0] = quarters;
  if (first >= last) {
    await addPoints(manager, store, groups, wish.range, wish.pause);
    return groups;
  }
  await addPoints(manager, store, groups, [from, first * QUARTER_MILLIS], wish.pause);
  await addQuarters(manager, groups, wish, [first, last]);
  await addPoints(manager, store, groups, [last * QUARTER_MILLIS, to], wish.pause);
  return groups;
}

async function addQuarters(
  manager: EntityManager,
  groups: Groups,
  { fields, starts, aggregations, pause }: GroupWish,
  range: readonly [number, number],
): Promise<void> {
  const { number } = groups.source;
  const steps = isPostgres(manager) ? undefined : stepsOf(starts, range);
  const sum = async (slot: number, add: (at: number, summary: Summary) => void) => {
    for (const some of steps ?? []) {
      for (const { quarter, summary } of await sumSteps(manager, number, slot, some))
        add(quarter * QUARTER_MILLIS, summary);
      await pause();
    }
  };
  const read = async (field: Field | undefined, add: (at: number, summary: Summary) => void) => {
    for (let begin = range[0]; begin < range[1]; begin += QUARTERS_PER_TURN) {
      const some = [begin, Math.min(range[1], begin + QUARTERS_PER_TURN)] as const;
      for (const { quarter, summary } of await readQuarters(manager, number, field, some))
        add(quarter * QUARTER_MILLIS, summary);
      await pause();
    }
  };
  const count = (at: number, { n }: Summary) => groups.count(at, n);
  await (steps ? sum(POINTS_SLOT, count) : read(undefined, count));
  for (const [index, field] of fields.entries()) {
    const add = (at: number, summary: Summary) => groups.at(at)[index]?.summary.merge(summary);
    const isSummable = steps && field.type === 'number' && aggregations.every(isSummed);
    await (isSummable ? sum(field.slot, add) : read(field, add));
  }
}

/** The quarters of a range in steps that are as long as its groups, or shorter, the neighbours of one length together. */
export function stepsOf(starts: readonly number[], [first, last]: readonly [number, number]): Steps[] {
  const inside = starts.map((start) => start / QUARTER_MILLIS).filter((start) => start > first && start < last);
  const steps: { from: number; length: number; count: number }[] = [];
  const ends = [...inside, last];
  let from = first;
  for (const end of ends) {
    while (from < end) {
      const length = Math.min(end - from, QUARTERS_SUMMED_PER_TURN);
      const before = steps.at(-1);
      if (before?.length === length && (before.count + 1) * length <= QUARTERS_SUMMED_PER_TURN) before.count += 1;
      else steps.push({ from, length, count: 1 });
      from += length;
    }
  }
  return steps;
}

/** Where the first group begins and the last one ends does not matter: what is cut there is read point by point. */
function canUseQuarters({ starts, aggregations, metas }: GroupWish): boolean {
  return !metas && !aggregations.some(needsEach) && starts.slice(1, -1).every((start) => start % QUARTER_MILLIS === 0);
}

async function addPoints(
  manager: EntityManager,
  store: PointStore,
  groups: Groups,
  range: Range,
  pause: Pause,
): Promise<void> {
  for await (const points of pagesOf(manager, store, groups.source, range, { pause }))
    for (const point of points) groups.add(point);
}

export interface PageWish {
  readonly sort?: 'asc' | 'desc';
  /** The place behind which the first page begins. */
  readonly after?: { readonly at: number; readonly meta: number } | undefined;
  readonly atOnce?: number;
  readonly pause: Pause;
}

/** The points of a range in order, so many at a time, and others have their turn in between. */
export async function* pagesOf(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  range: Range,
  { sort = 'asc', after, atOnce = POINTS_PER_TURN, pause }: PageWish,
): AsyncGenerator<PackedPoint[]> {
  if (range[0] >= range[1]) return;
  let last = after;
  for (;;) {
    const points = await store.read(manager, source, range, { limit: atOnce, sort, after: last });
    if (points.length > 0) yield points;
    if (points.length < atOnce) return;
    last = points.at(-1);
    await pause();
  }
}

class Groups implements SourceGroups {
  readonly counts: Float64Array;
  readonly fields: (readonly FieldGroup[] | undefined)[];
  private readonly keepsEach: boolean;
  private group = 0;

  constructor(
    readonly source: Source,
    private readonly wish: GroupWish,
  ) {
    this.counts = new Float64Array(wish.starts.length - 1);
    this.fields = new Array<undefined>(wish.starts.length - 1).fill(undefined);
    this.keepsEach = wish.aggregations.some(needsEach);
  }

  add(point: PackedPoint): void {
    const { metas, fields } = this.wish;
    if (metas && !metas.has(point.meta)) return;
    this.count(point.at, 1);
    const group = this.at(point.at);
    const others = othersOf(point);
    for (const [index, field] of fields.entries()) {
      const value = valueOf(field, point.columns, others);
      if (value !== undefined) group[index]?.add(point, value);
    }
  }

  count(at: number, points: number): void {
    const index = this.find(at);
    this.counts[index] = (this.counts[index] ?? 0) + points;
  }

  at(at: number): readonly FieldGroup[] {
    const index = this.find(at);
    return (this.fields[index] ??= this.wish.fields.map(
      (field) => new FieldGroup(this.keepsEach && field.type === 'number'),
    ));
  }

  /** Times come nearly in order: the group is that of the time before, or a later one. */
  private find(at: number): number {
    const { starts } = this.wish;
    if (at < (starts[this.group] ?? 0)) this.group = 0;
    while (at >= (starts[this.group + 1] ?? Infinity)) this.group += 1;
    return this.group;
  }
}
