import type { EntityManager } from 'typeorm';
import type { EvaluatedPoint } from '../conditions/late-points';
import type { PointStore, StoredSource } from '../../points/point-store';
import { identityOf, saysTheSame, type PackedPoint } from '../../points/values';
import { toEvaluatedPoint, type Slots } from './evaluated-points';

/** So many judgements take some ten milliseconds. */
const MAX_EVALUATIONS = 300_000;
const MAX_POINTS = 3000;
/** How far back a value is looked for. */
const POINTS_BACK = 100;

/** Points that came late, and what is asked of what is stored around them. */
export interface LateBatch {
  /** In the order of time, all from before `latest`. */
  readonly late: readonly PackedPoint[];
  readonly latest: number;
  readonly slots: Slots;
  /** How many rules look at it; those of more than two comparisons count for more. */
  readonly rules: number;
  /** How far back any of them looks. */
  readonly from: number;
  /** What is stored from before this time is hidden. */
  readonly visibleFrom: number;
}

/** The points from a time on up to the latest, with those among them that came late. */
export interface LateWindow {
  /** What stood before, the latest first. */
  readonly before: readonly EvaluatedPoint[];
  /** In the order of time. */
  readonly points: readonly EvaluatedPoint[];
  /** The time of the first point that came late and says more than what is stored; Infinity if there is none. */
  readonly lateFrom: number;
  /** What there was by the time of the n-th of its points, the latest last. */
  storedUpTo(n: number): readonly PackedPoint[];
}

/** What is stored around points that came late: read once for all rules, whose windows are parts of it. */
export class LateWindows {
  private readonly evaluated: readonly EvaluatedPoint[];
  private readonly news: ReadonlySet<EvaluatedPoint>;

  /**
   * @param news those of the points that came late and say more than what was stored
   * @param wholeFrom from when on all points are there
   */
  private constructor(
    private readonly points: readonly PackedPoint[],
    news: ReadonlySet<PackedPoint>,
    private readonly wholeFrom: number,
    slots: Slots,
  ) {
    this.evaluated = points.map((point) => toEvaluatedPoint(point, slots));
    this.news = new Set(this.evaluated.filter((_, index) => news.has(points[index] as PackedPoint)));
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
    let wholeFrom = from;
    if (stored.length > limit) {
      // Too many to look at: those who look less far back still can.
      stored = (await store.read(manager, source, range, { limit, sort: 'desc' })).reverse();
      wholeFrom = (stored[0]?.at ?? latest) + 1;
    }
    const start = stored[0]?.at ?? from;
    const before = await store.read(manager, source, [visibleFrom, start], { limit: POINTS_BACK, sort: 'desc' });
    const points = new Map([...before, ...stored].map((point) => [identityOf(point), point]));
    const news = new Set<PackedPoint>();
    for (const point of late) {
      const known = points.get(identityOf(point));
      if (known && saysTheSame(known, point)) continue;
      if (known) news.delete(known);
      news.add(point);
      points.set(identityOf(point), point);
    }
    return new LateWindows([...points.values()].sort(byTime), news, wholeFrom, slots);
  }

  /** What there is from a time on, or nothing if that is too much to look at. */
  from(from: number): LateWindow | undefined {
    if (from < this.wholeFrom) return undefined;
    const found = this.points.findIndex(({ at }) => at >= from);
    const start = found < 0 ? this.points.length : found;
    const first = Math.max(0, start - POINTS_BACK);
    let lateFrom = Infinity;
    for (const { at } of this.news) if (at >= from && at < lateFrom) lateFrom = at;
    return {
      before: this.evaluated.slice(first, start).reverse(),
      points: this.evaluated.slice(start),
      lateFrom,
      storedUpTo: (n) => this.points.slice(first, start + n),
    };
  }

  /** Whether a point of a window came late. */
  isLate(evaluated: EvaluatedPoint): boolean {
    return this.news.has(evaluated);
  }
}

function byTime(one: PackedPoint, other: PackedPoint): number {
  return one.at - other.at || one.meta - other.meta;
}
