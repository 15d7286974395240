import type { EntityManager } from 'typeorm';
import type { Schema } from '../sources/schema';
import type { StoredSource } from '../sources/source-rows';
import { leavePending } from './pending-rollups';
import { RecomputeBudget } from './recompute-budget';
import { addToRollups, countInWindows, rollupWindowOf, summarise } from './rollups';
import type { Summary } from './summary';
import type { PackedPoint } from './values';
import { recomputeRollups } from './window-rollups';

const NO_FIELDS: Schema = [];

/** Points that were stored: new ones, and those that replaced others. */
interface Stored {
  readonly fresh: readonly PackedPoint[];
  readonly replaced: readonly PackedPoint[];
}

interface RollUpOptions {
  readonly isWide?: boolean;
  readonly budget?: RecomputeBudget;
  readonly onPending?: () => void;
}

/** Updates the rollups of the windows of these points, or leaves them pending where that takes long. The counts of points are always updated. */
export async function rollUp(
  manager: EntityManager,
  source: StoredSource,
  { fresh, replaced }: Stored,
  { isWide = false, budget = new RecomputeBudget(), onPending }: RollUpOptions,
): Promise<void> {
  const added = byWindow(fresh);
  const postponed = new Set(isWide ? added.keys() : []);
  const recomputed = new Set<number>();
  for (const rollupWindow of byWindow(replaced).keys()) {
    const points = isWide ? undefined : await countWithin(manager, source, budget, rollupWindow, added);
    if (points === undefined || !budget.take(source, points)) {
      postponed.add(rollupWindow);
      continue;
    }
    recomputed.add(rollupWindow);
    added.delete(rollupWindow);
  }
  const windows = new Map<number, ReadonlyMap<number, Summary>>();
  for (const [rollupWindow, points] of added)
    windows.set(rollupWindow, summarise(postponed.has(rollupWindow) ? NO_FIELDS : source.schema, points));
  for (const rollupWindow of recomputed) await recomputeRollups(manager, source, rollupWindow);
  await addToRollups(manager, [{ source, windows }]);
  if (postponed.size === 0) return;
  await leavePending(manager, source.number, [...postponed]);
  onPending?.();
}

/** The aggregates of points, by window and slot. */
export function summariseByWindow(schema: Schema, points: readonly PackedPoint[]): Map<number, Map<number, Summary>> {
  const windows = new Map<number, Map<number, Summary>>();
  for (const [rollupWindow, some] of byWindow(points)) windows.set(rollupWindow, summarise(schema, some));
  return windows;
}

function byWindow(points: readonly PackedPoint[]): Map<number, PackedPoint[]> {
  const windows = new Map<number, PackedPoint[]>();
  for (const point of points) {
    const rollupWindow = rollupWindowOf(point.at);
    const some = windows.get(rollupWindow);
    if (some) some.push(point);
    else windows.set(rollupWindow, [point]);
  }
  return windows;
}

/** The points of a window, with those that are new. Undefined if it cannot be recomputed anyway. */
async function countWithin(
  manager: EntityManager,
  source: StoredSource,
  budget: RecomputeBudget,
  rollupWindow: number,
  added: ReadonlyMap<number, readonly PackedPoint[]>,
): Promise<number | undefined> {
  if (!budget.allows(source, 0)) return undefined;
  const stored = await countInWindows(manager, source.number, [rollupWindow, rollupWindow + 1]);
  return stored + (added.get(rollupWindow)?.length ?? 0);
}
