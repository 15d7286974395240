import type { EntityManager } from 'typeorm';
import { isPostgres, threadOf } from '../database/sql';
import { summariseByWindow } from './changed-windows';
import type { Appended } from './point-append';
import { countIn, pointsIn, type SomePoints } from './point-block';
import { insertPoints } from './point-inserts';
import { hasSameIdentity, sortPoints } from './point-order';
import { sourcesAt } from './point-reads';
import { addToTotals } from './point-totals';
import { latestTimesOf } from './recent-points';
import { addToRollups } from './rollups';
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
  const counts = all.map(({ append: { source, options }, points }) => {
    return { source, count: points.length, isHistory: options.isHistory === true };
  });
  await addToTotals(manager, counts);
  for (const { index, append, points } of all) {
    append.options.changed?.push(...points);
    appended[index] = append.requests.map((sent) => ({ inserted: sizeOf(sent), updated: 0, duplicates: 0 }));
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
    const points = sortPoints(requests.map(pointsIn)).map(({ point }) => point);
    return areDistinct(points) ? [{ index, append, points }] : [];
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

/** @param sorted in ascending order */
function areDistinct(sorted: readonly PackedPoint[]): boolean {
  return sorted.every((point, index) => {
    const before = sorted[index - 1];
    return !before || !hasSameIdentity(before, point);
  });
}

function sizeOf({ blocks, points }: SomePoints): number {
  return blocks ? countIn(blocks) : points.length;
}
