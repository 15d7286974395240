import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import type { NumberSet } from '../points/ascending-numbers';
import { eachTogether } from '../database/together';
import { countWindows, nearestTime, type Windows } from '../points/point-times';
import type { PointStore, Range } from '../points/point-store';
import { countInWindowsUpTo, occupiedWindows } from '../points/occupied-windows';
import { ROLLUP_WINDOW_MILLIS } from '../points/rollups';
import { growingSlices } from './many-sources';
import { pagesOf } from './point-pages';

/** Up to this many points are returned raw; otherwise they are downsampled to about this many rows. */
const MAX_POINTS = 500;
const MAX_ROWS = 500;
/** More rollup windows than this span more than 500 hours. */
const MAX_WINDOWS = 4 * MAX_ROWS;
const MINUTES_OF_WINDOW = 15;
const DAY_MILLIS = 86_400_000;
const STEPS = [
  ['minute', { lengthMillis: 60_000, shiftMillis: 0 }],
  ['hour', { lengthMillis: 3_600_000, shiftMillis: 0 }],
  ['day', { lengthMillis: DAY_MILLIS, shiftMillis: 0 }],
  // 1970-01-01 was a Thursday; weeks start on the Monday before it.
  ['week', { lengthMillis: 7 * DAY_MILLIS, shiftMillis: 3 * DAY_MILLIS }],
] as const satisfies readonly (readonly [string, Windows])[];

export type AutomaticStep = (typeof STEPS)[number][0] | 'month';

interface StepOptions {
  readonly sources: readonly Source[];
  readonly range: Range;
  readonly metas: ReadonlyMap<number, NumberSet> | undefined;
  readonly yieldTurn: YieldTurn;
}

/**
 * The smallest unit that gives at most about 500 rows, if there are more than 500 points. It counts only steps with points, so a
 * gap or an outlying point does not change the unit. Undefined if the points can be returned raw.
 */
export async function automaticStep(
  manager: EntityManager,
  store: PointStore,
  options: StepOptions,
): Promise<AutomaticStep | undefined> {
  let points = 0;
  for (const some of growingSlices(manager, options.sources)) {
    const enough = MAX_POINTS + 1 - points;
    const counts = await eachTogether(manager, some, (source) => countUpTo(manager, store, options, source, enough));
    for (const count of counts) points += count;
    if (points > MAX_POINTS) break;
    await options.yieldTurn();
  }
  if (points <= MAX_POINTS) return undefined;
  if (options.metas) return stepOfSome(manager, store, options);
  const [minute, ...longer] = STEPS;
  const rows = await rowsFromRollups(manager, options);
  if (rows && (await isFew(manager, options, minute[1], rows))) return 'minute';
  for (const [index, [unit, windows]] of longer.entries()) {
    const few = rows?.windows[index];
    // More than 2000 rollup windows span more than 500 hours.
    if (few === undefined ? unit !== 'hour' && (await isFew(manager, options, windows)) : few <= MAX_ROWS) return unit;
  }
  return 'month';
}

/** The rows of longer steps, counted from the rollup windows with points. */
interface WindowRows {
  readonly rollupWindows: number;
  /** An upper bound of the rows with a step of a minute. */
  readonly maxMinutes: number;
  /** Rows with a step of an hour, a day and a week. */
  readonly windows: readonly number[];
}

/** Undefined if there are more than 2000 rollup windows with points. */
async function rowsFromRollups(manager: EntityManager, options: StepOptions): Promise<WindowRows | undefined> {
  const longer = STEPS.slice(1).map(([, windows]) => windows);
  const windows = longer.map(() => 0);
  let [rollupWindows, maxMinutes] = [0, 0];
  for (const some of growingSlices(manager, options.sources)) {
    const enough = MAX_WINDOWS + 1 - rollupWindows;
    const found = await eachTogether(manager, some, async ({ number }) => {
      const range = await extentOf(manager, number, options.range);
      const inside = [Math.floor(range[0] / ROLLUP_WINDOW_MILLIS), Math.ceil(range[1] / ROLLUP_WINDOW_MILLIS)] as const;
      return occupiedWindows(manager, number, inside, enough);
    });
    for (const occupied of found) {
      const latest = longer.map(() => -1);
      for (const { rollupWindow, n } of occupied) {
        maxMinutes += Math.min(n, MINUTES_OF_WINDOW);
        for (const [index, { lengthMillis, shiftMillis }] of longer.entries()) {
          const window = Math.floor((rollupWindow * ROLLUP_WINDOW_MILLIS + shiftMillis) / lengthMillis);
          if (window !== latest[index]) windows[index] = (windows[index] ?? 0) + 1;
          latest[index] = window;
        }
      }
      rollupWindows += occupied.length;
      if (rollupWindows > MAX_WINDOWS) return undefined;
    }
    await options.yieldTurn();
  }
  return { rollupWindows, maxMinutes, windows };
}

/** The range from the first to the last point: the first and the last rollup window may have points outside of the requested range. */
async function extentOf(manager: EntityManager, source: number, range: Range): Promise<Range> {
  const first = await nearestTime(manager, source, range, 'asc');
  const last = await nearestTime(manager, source, range, 'desc');
  return first === undefined || last === undefined ? [0, 0] : [first, last + 1];
}

/** Whether at most about 500 windows have points. */
async function isFew(
  manager: EntityManager,
  { sources, range, yieldTurn }: StepOptions,
  windows: Windows,
  known?: WindowRows,
): Promise<boolean> {
  if (known && known.maxMinutes <= MAX_ROWS) return true;
  if (known && known.rollupWindows > MAX_ROWS) return false;
  let rows = 0;
  for (const some of growingSlices(manager, sources)) {
    const enough = MAX_ROWS + 1 - rows;
    const count = ({ number }: Source) => countWindows(manager, number, range, windows, enough);
    for (const found of await eachTogether(manager, some, count)) rows += found;
    if (rows > MAX_ROWS) return false;
    await yieldTurn();
  }
  return true;
}

/** The same for points filtered by metadata: it reads every point. */
async function stepOfSome(manager: EntityManager, store: PointStore, options: StepOptions): Promise<AutomaticStep> {
  const rows = STEPS.map(() => 0);
  for (const source of options.sources) {
    const latest = STEPS.map(() => -Infinity);
    const wanted = options.metas?.get(source.number);
    for await (const points of pagesOf(manager, store, source, options.range, options))
      for (const { at, meta } of points) {
        if (wanted && !wanted.has(meta)) continue;
        for (const [index, [, { lengthMillis, shiftMillis }]] of STEPS.entries()) {
          const window = Math.floor((at + shiftMillis) / lengthMillis);
          if (window === latest[index]) continue;
          latest[index] = window;
          rows[index] = (rows[index] ?? 0) + 1;
        }
        if ((rows.at(-1) ?? 0) > MAX_ROWS) return 'month';
      }
  }
  return STEPS.find((_, index) => (rows[index] ?? 0) <= MAX_ROWS)?.[0] ?? 'month';
}

/** Counts the points of a source in the range. Exact up to `enough`. */
async function countUpTo(
  manager: EntityManager,
  store: PointStore,
  { range, metas, yieldTurn }: StepOptions,
  source: Source,
  enough: number,
): Promise<number> {
  const wanted = metas?.get(source.number);
  let count = 0;
  if (!wanted) {
    const inside: Range = [Math.ceil(range[0] / ROLLUP_WINDOW_MILLIS), Math.floor(range[1] / ROLLUP_WINDOW_MILLIS)];
    const whole = inside[0] < inside[1] ? await countInWindowsUpTo(manager, source.number, inside, enough) : 0;
    if (whole >= enough) return whole;
  }
  for await (const points of pagesOf(manager, store, source, range, { yieldTurn })) {
    count += wanted ? points.filter(({ meta }) => wanted.has(meta)).length : points.length;
    if (count >= enough) break;
  }
  return count;
}
