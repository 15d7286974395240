import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { readTogether } from '../database/together';
import { storeBlocks } from './block-append';
import { countIn, type PointBlock } from './point-block';
import { insertPoints, replacePoints } from './point-inserts';
import { sortPoints } from './point-order';
import { storedAmong } from './point-reads';
import { addToTotals } from './point-totals';
import { rollUp } from './changed-windows';
import type { RecomputeBudget } from './recompute-budget';
import { settlePoints, type Appended } from './settled-points';
import type { PackedPoint } from './values';

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
  const { fresh, replaced, appended } = settlePoints(sorted, requests.length, { stored, merges });
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
