import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { readTogether } from '../database/together';
import { storeBlocks } from './block-append';
import { countIn, type PointBlock } from './point-block';
import { insertPoints, replacePoints } from './point-inserts';
import { sortPoints, hasSameIdentity, type SentPoint } from './point-order';
import { storedAmong } from './point-reads';
import { addToTotals } from './point-totals';
import { rollUp } from './changed-windows';
import type { RecomputeBudget } from './recompute-budget';
import { identityOf, hasSameValues, mergedPoint, type PackedPoint } from './values';

/** The number of points that were inserted, updated, or already stored. The three add up to the points sent. */
export interface Appended {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
}

export interface AppendOptions {
  readonly isHistory?: boolean;
  readonly changed?: PackedPoint[] | undefined;
  /** Whether the points of a request add their values to a stored point with the same identity. By default they replace it. */
  readonly merges?: (request: number) => boolean;
  /** Whether the points change so many rollups that those of fields are left pending. */
  readonly isWide?: boolean;
  /** The recomputing that the transaction may still do. By default each call has its own budget. */
  readonly budget?: RecomputeBudget;
  /** The time of the latest stored point, null if there is none. It is read if it is not given. */
  readonly latest?: number | null;
  /** Called if rollups were left pending: see `RollupCompletion`. */
  readonly onPending?: () => void;
}

const LATEST = 'SELECT max(at) AS at FROM points WHERE source = ?';

/** Adds points to a locked source: see `PointStore.append`. */
export async function appendPoints(
  manager: EntityManager,
  source: StoredSource,
  requests: readonly (readonly PackedPoint[])[],
  options: AppendOptions = {},
): Promise<Appended[]> {
  const { isHistory = false, changed, merges } = options;
  const latest = options.latest === undefined ? await latestTime(manager, source) : options.latest;
  const sorted = sortPoints(requests);
  const stored = await storedAmong(manager, source, sorted, latest);
  const appended = requests.map(() => ({ inserted: 0, updated: 0, duplicates: 0 }));
  const fresh: PackedPoint[] = [];
  const replaced: PackedPoint[] = [];
  for (let index = 0; index < sorted.length;) {
    const before = stored.size === 0 ? undefined : stored.get(identityOf((sorted[index] as SentPoint).point));
    let now = before;
    for (const start = index; index < sorted.length; index++) {
      const { point: sent, request } = sorted[index] as SentPoint;
      if (index > start && !hasSameIdentity(sent, (sorted[start] as SentPoint).point)) break;
      const point: PackedPoint = now && merges?.(request) ? mergedPoint(now, sent) : sent;
      const counts = appended[request] as Mutable<Appended>;
      if (!now) counts.inserted += 1;
      else if (hasSameValues(now, point)) {
        counts.duplicates += 1;
        continue;
      } else counts.updated += 1;
      now = point;
    }
    if (now && now !== before) (before ? replaced : fresh).push(now);
  }
  changed?.push(...fresh, ...replaced);
  await insertPoints(manager, [{ source, points: fresh }]);
  await replacePoints(manager, { source, points: replaced });
  await rollUp(manager, source, { fresh, replaced }, options);
  if (sorted.length > 0) await addToTotals(manager, [{ source, count: fresh.length, isHistory }]);
  return appended;
}

/** The same for points in blocks, if all of them are new. Otherwise nothing is changed, and the result is undefined. */
export async function appendNewBlocks(
  manager: EntityManager,
  source: StoredSource,
  requests: readonly (readonly PointBlock[])[],
  { isHistory = false, latest: known }: Pick<AppendOptions, 'isHistory' | 'latest'>,
): Promise<Appended[] | undefined> {
  const latest = known === undefined ? await latestTime(manager, source) : known;
  if (!(await storeBlocks(manager, source, requests.flat(), latest))) return undefined;
  const appended = requests.map((blocks) => ({ inserted: countIn(blocks), updated: 0, duplicates: 0 }));
  const count = appended.reduce((sum, { inserted }) => sum + inserted, 0);
  await addToTotals(manager, [{ source, count, isHistory }]);
  return appended;
}

/** The time of the latest point; null if there is none. */
export async function latestTime(manager: EntityManager, { number }: StoredSource): Promise<number | null> {
  const [row] = await readTogether<{ at: number | null }>(manager, LATEST, [number]);
  return row?.at ?? null;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
