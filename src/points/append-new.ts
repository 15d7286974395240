import type { EntityManager } from 'typeorm';
import { isPostgres, threadOf } from '../database/sql';
import { summariseByWindow } from './changed-windows';
import { countIn, pointsIn, type SomePoints } from './point-block';
import { insertPoints } from './point-inserts';
import { sortPoints } from './point-order';
import { sourcesAt } from './point-reads';
import { addToTotals } from './point-totals';
import { latestTimesOf } from './recent-points';
import { addToRollups } from './rollups';
import { settlePoints, type Appended } from './settled-points';
import type { SourceAppend } from './source-append';
import type { PackedPoint } from './values';

/** A source with more points than this is stored alone: statements for several sources would not make it quicker. */
const FEW_POINTS = 100;

/** A source whose points are all new. */
interface NewAppend {
  readonly index: number;
  readonly append: SourceAppend;
  /** In ascending order. */
  readonly points: readonly PackedPoint[];
  /** The counts for each request. */
  readonly counts: Appended[];
}

interface AppendedNew {
  /** The counts for each request, by source; undefined for a source of which nothing was stored. */
  readonly appended: (Appended[] | undefined)[];
  /** The sources of which nothing was stored, with what has been read of them. */
  readonly left: readonly (readonly [index: number, append: SourceAppend])[];
}

/**
 * Stores the points of those sources that have few, none of them at the time of a stored point, with statements for many sources. On
 * SQLite, a batch of many sources with a point each takes two thirds of the time. Only for locked sources.
 */
export async function appendNewPoints(manager: EntityManager, appends: readonly SourceAppend[]): Promise<AppendedNew> {
  const appended: AppendedNew['appended'] = appends.map(() => undefined);
  // Other connections do not block the event loop, and combine the statements of several sources in their own way.
  if (appends.length < 2 || isPostgres(manager) || threadOf(manager)) return { appended, left: [...appends.entries()] };
  const latest = await latestTimesOf(
    manager,
    appends.map(({ source }) => source.number),
  );
  const all = await findNew(manager, appends, latest);
  await insertPoints(
    manager,
    all.map(({ append: { source }, points }) => ({ source, points })),
  );
  const additions = all.map(({ append: { source }, points }) => {
    return { source, windows: summariseByWindow(source.schema, points) };
  });
  await addToRollups(manager, additions);
  const totals = all.map(({ append: { source, options }, points }) => {
    return { source, count: points.length, isHistory: options.isHistory === true };
  });
  await addToTotals(manager, totals);
  for (const { index, append, points, counts } of all) {
    append.options.changed?.push(...points);
    appended[index] = counts;
  }
  const left = [...appends.entries()].filter(([index]) => !appended[index]);
  return { appended, left: left.map(([index, append]) => [index, withLatest(append, latest)]) };
}

function withLatest({ source, requests, options }: SourceAppend, latest: ReadonlyMap<number, number>): SourceAppend {
  return { source, requests, options: { ...options, latest: latest.get(source.number) ?? null } };
}

async function findNew(
  manager: EntityManager,
  appends: readonly SourceAppend[],
  latest: ReadonlyMap<number, number>,
): Promise<NewAppend[]> {
  const few = appends.flatMap((append, index): NewAppend[] => {
    const { requests, options } = append;
    const count = requests.reduce((sum, sent) => sum + sizeOf(sent), 0);
    if (options.isWide || count === 0 || count > FEW_POINTS) return [];
    const settled = settlePoints(sortPoints(requests.map(pointsIn)), requests.length, options);
    return [{ index, append, points: settled.fresh, counts: settled.appended }];
  });
  const late = few.flatMap(
    ({
      append: {
        source: { number: source },
      },
      points,
    }) => {
      const last = latest.get(source) ?? -Infinity;
      return points.flatMap(({ at }) => (at > last ? [] : [{ source, at }]));
    },
  );
  const occupied = await sourcesAt(manager, late);
  return few.filter(({ append }) => !occupied.has(append.source.number));
}

function sizeOf({ blocks, points }: SomePoints): number {
  return blocks ? countIn(blocks) : points.length;
}
