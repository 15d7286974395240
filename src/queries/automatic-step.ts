import type { EntityManager } from 'typeorm';
import type { Pause } from '../common/http/pause';
import type { Source } from '../data-sources/data-source.entity';
import type { NumberSet } from '../points/ascending-numbers';
import { countWindows, type Windows } from '../points/point-times';
import type { PointStore, Range } from '../points/point-store';
import { countQuartersUpTo, QUARTER_MILLIS } from '../points/rollups';
import { pagesOf } from './grouped-query';

/** Up to so many points are given as they are, and about so many rows instead of more. */
const MOST_POINTS = 500;
const MOST_ROWS = 500;
const DAY_MILLIS = 86_400_000;
const STEPS = [
  ['minute', { lengthMillis: 60_000, shiftMillis: 0 }],
  ['hour', { lengthMillis: 3_600_000, shiftMillis: 0 }],
  ['day', { lengthMillis: DAY_MILLIS, shiftMillis: 0 }],
  // 1970 began on a Thursday: the Monday before it.
  ['week', { lengthMillis: 7 * DAY_MILLIS, shiftMillis: 3 * DAY_MILLIS }],
] as const satisfies readonly (readonly [string, Windows])[];

export type AutomaticStep = (typeof STEPS)[number][0] | 'month';

interface PointsWish {
  readonly sources: readonly Source[];
  readonly range: Range;
  readonly metas: ReadonlyMap<number, NumberSet> | undefined;
  readonly pause: Pause;
}

/**
 * The least unit that answers with some 500 rows, where there are more points than that: it counts the steps that have points,
 * so that a gap or a stray point changes nothing. Undefined where the points can be given as they are.
 */
export async function automaticStep(
  manager: EntityManager,
  store: PointStore,
  wish: PointsWish,
): Promise<AutomaticStep | undefined> {
  let points = 0;
  for (const source of wish.sources) {
    points += await countUpTo(manager, store, wish, source, MOST_POINTS + 1 - points);
    if (points > MOST_POINTS) break;
    await wish.pause();
  }
  if (points <= MOST_POINTS) return undefined;
  if (wish.metas) return stepOfSome(manager, store, wish);
  for (const [unit, windows] of STEPS) {
    let rows = 0;
    for (const { number } of wish.sources) {
      rows += await countWindows(manager, number, wish.range, windows, MOST_ROWS + 1 - rows);
      if (rows > MOST_ROWS) break;
      await wish.pause();
    }
    if (rows <= MOST_ROWS) return unit;
    await wish.pause();
  }
  return 'month';
}

/** The same of the points with some metadata, each of which is looked at. */
async function stepOfSome(manager: EntityManager, store: PointStore, wish: PointsWish): Promise<AutomaticStep> {
  const rows = STEPS.map(() => 0);
  for (const source of wish.sources) {
    const latest = STEPS.map(() => -Infinity);
    const wanted = wish.metas?.get(source.number);
    for await (const points of pagesOf(manager, store, source, wish.range, wish))
      for (const { at, meta } of points) {
        if (wanted && !wanted.has(meta)) continue;
        for (const [index, [, { lengthMillis, shiftMillis }]] of STEPS.entries()) {
          const window = Math.floor((at + shiftMillis) / lengthMillis);
          if (window === latest[index]) continue;
          latest[index] = window;
          rows[index] = (rows[index] ?? 0) + 1;
        }
        if ((rows.at(-1) ?? 0) > MOST_ROWS) return 'month';
      }
  }
  return STEPS.find((_, index) => (rows[index] ?? 0) <= MOST_ROWS)?.[0] ?? 'month';
}

/** How many points of a source are in the range, or more than enough of them. */
async function countUpTo(
  manager: EntityManager,
  store: PointStore,
  { range, metas, pause }: PointsWish,
  source: Source,
  enough: number,
): Promise<number> {
  const wanted = metas?.get(source.number);
  let count = 0;
  if (!wanted) {
    const inside: Range = [Math.ceil(range[0] / QUARTER_MILLIS), Math.floor(range[1] / QUARTER_MILLIS)];
    const whole = inside[0] < inside[1] ? await countQuartersUpTo(manager, source.number, inside, enough) : 0;
    if (whole >= enough) return whole;
  }
  for await (const points of pagesOf(manager, store, source, range, { pause })) {
    count += wanted ? points.filter(({ meta }) => wanted.has(meta)).length : points.length;
    if (count >= enough) break;
  }
  return count;
}
