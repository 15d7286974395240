import type { EntityManager } from 'typeorm';
import type { EvaluatedPoint } from '../conditions/late-points';
import type { PointStore } from '../../points/point-store';
import type { StoredSource } from '../../sources/source-rows';
import { identityOf, hasSameValues, type PackedPoint } from '../../points/values';
import { toEvaluatedPoint, type Slots } from './evaluated-points';

/** Evaluations of one window. They take tens of milliseconds. */
const MAX_EVALUATIONS = 300_000;
const MAX_POINTS = 3000;
/** How many points before the window are searched for a value. */
const POINTS_BACK = 100;

/** Late points, and which stored points around them are needed. */
export interface LateBatch {
  /** In time order, all before `latest`. */
  readonly late: readonly PackedPoint[];
  readonly latest: number;
  readonly slots: Slots;
  /** How many rules read it. A rule with more than two comparisons counts for more than one. */
  readonly rules: number;
  /** The earliest start of their windows. */
  readonly from: number;
  /** Points before this time are hidden by the retention. */
  readonly visibleFrom: number;
}

/** The points from a time to the newest one, late ones included. */
export interface LateWindow {
  /** Points before the window, the newest first. */
  readonly before: readonly EvaluatedPoint[];
  /** In time order. */
  readonly points: readonly EvaluatedPoint[];
  /** The time of the first late point that changes anything; Infinity if there is none. */
  readonly lateFrom: number;
  /** The points up to the n-th of the window, the newest last. */
  storedUpTo(n: number): readonly PackedPoint[];
}

/** The stored points around late ones. They are read once; the window of each rule is a part of them. */
export class LateWindows {
  private readonly evaluated: readonly EvaluatedPoint[];
  private readonly changed: ReadonlySet<EvaluatedPoint>;

  /**
   * @param changed the late points that differ from what was stored
   * @param completeFrom from when on no point is missing
   */
  private constructor(
    private readonly points: readonly PackedPoint[],
    changed: ReadonlySet<PackedPoint>,
    private readonly completeFrom: number,
    slots: Slots,
  ) {
    this.evaluated = points.map((point) => toEvaluatedPoint(point, slots));
    this.changed = new Set(this.evaluated.filter((_, index) => changed.has(points[index] as PackedPoint)));
  }

  static async read(
    store: PointStore,
    manager: EntityManager,
    source: StoredSource,
    { late, latest, slots, rules, from, visibleFrom }: LateBatch,
  ): Promise<LateWindows> {
    const limit = Math.min(MAX_POINTS, Math.floor(MAX_EVALUATIONS / rules));
    const range = [Math.max(from, visibleFrom), latest + 1] as const;
    let stored = await store.read(manager, source, range, { limit: limit + 1, sort: 'asc' });
    let completeFrom = from;
    if (stored.length > limit) {
      // Too many points: rules with a later start still get their window.
      stored = (await store.read(manager, source, range, { limit, sort: 'desc' })).reverse();
      completeFrom = (stored[0]?.at ?? latest) + 1;
    }
    const start = stored[0]?.at ?? from;
    const before = await store.read(manager, source, [visibleFrom, start], { limit: POINTS_BACK, sort: 'desc' });
    const points = new Map([...before, ...stored].map((point) => [identityOf(point), point]));
    const changed = new Set<PackedPoint>();
    for (const point of late) {
      const known = points.get(identityOf(point));
      if (known && hasSameValues(known, point)) continue;
      if (known) changed.delete(known);
      changed.add(point);
      points.set(identityOf(point), point);
    }
    return new LateWindows([...points.values()].sort(byTime), changed, completeFrom, slots);
  }

  /** The window from a time on; undefined if it has too many points. */
  from(from: number): LateWindow | undefined {
    if (from < this.completeFrom) return undefined;
    const found = this.points.findIndex(({ at }) => at >= from);
    const start = found < 0 ? this.points.length : found;
    const first = Math.max(0, start - POINTS_BACK);
    let lateFrom = Infinity;
    for (const { at } of this.changed) if (at >= from && at < lateFrom) lateFrom = at;
    return {
      before: this.evaluated.slice(first, start).reverse(),
      points: this.evaluated.slice(start),
      lateFrom,
      storedUpTo: (n) => this.points.slice(first, start + n),
    };
  }

  /** Whether a point of a window is late. */
  isLate(evaluated: EvaluatedPoint): boolean {
    return this.changed.has(evaluated);
  }
}

function byTime(one: PackedPoint, other: PackedPoint): number {
  return one.at - other.at || one.meta - other.meta;
}
