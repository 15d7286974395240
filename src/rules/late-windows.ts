import type { EntityManager } from 'typeorm';
import { PointStore, type StoredSource } from '../points/point-store';
import { identityOf, saysTheSame, type PackedPoint } from '../points/values';
import type { JudgedPoint } from '../conditions/late-points';
import { toJudged, type Slots } from './judged-points';

/** So many judgements take some ten milliseconds. */
const MOST_JUDGEMENTS = 300_000;
const MOST_POINTS = 3000;
/** How far back a value is looked for. */
const POINTS_BACK = 100;

/** Points that came late, among those that are stored around them. */
export interface LateWindow {
  /** What is stored from before it, from the latest on. */
  readonly before: readonly JudgedPoint[];
  /** What it comes to, in the order of time. */
  readonly points: readonly JudgedPoint[];
  /** Those of its points that came late and say more than what is stored. */
  readonly news: ReadonlySet<JudgedPoint>;
  readonly lateFrom: number;
  /** What there was by the time of the n-th of its points, the latest last. */
  storedUpTo(n: number): readonly PackedPoint[];
}

export interface LateBatch {
  /** What came late, in the order of time, all from before `latest`. */
  readonly late: readonly PackedPoint[];
  readonly latest: number;
  readonly slots: Slots;
  /** How many rules may look at it. */
  readonly rules: number;
}

/** Reads what is stored around points that came late, once for all rules that look equally far back. */
export class LateWindows {
  private readonly read = new Map<number, Promise<LateWindow | undefined>>();

  constructor(
    private readonly store: PointStore,
    private readonly manager: EntityManager,
    private readonly source: StoredSource,
    private readonly batch: LateBatch,
  ) {}

  /** What there is from a time on up to the latest point, and nothing if that is too much to look at. */
  from(from: number): Promise<LateWindow | undefined> {
    const read = this.read.get(from) ?? this.readFrom(from);
    this.read.set(from, read);
    return read;
  }

  private async readFrom(from: number): Promise<LateWindow | undefined> {
    const { manager, store, source } = this;
    const { late, latest, slots, rules } = this.batch;
    const most = Math.min(MOST_POINTS, Math.floor(MOST_JUDGEMENTS / rules));
    const stored = await store.read(manager, source, [from, latest + 1], { limit: most + 1, sort: 'asc' });
    if (stored.length > most) return undefined;
    const before = await store.read(manager, source, [0, from], { limit: POINTS_BACK, sort: 'desc' });
    const points = new Map(stored.map((point) => [identityOf(point), point]));
    const news = new Set<PackedPoint>();
    for (const point of late) {
      const known = points.get(identityOf(point));
      if (point.at < from || (known && saysTheSame(known, point))) continue;
      if (known) news.delete(known);
      news.add(point);
      points.set(identityOf(point), point);
    }
    const sorted = [...points.values()].sort(byTime);
    const judged = sorted.map((point) => toJudged(point, slots));
    return {
      before: before.map((point) => toJudged(point, slots)),
      points: judged,
      news: new Set(judged.filter((_, index) => news.has(sorted[index] as PackedPoint))),
      lateFrom: Math.min(...[...news].map(({ at }) => at)),
      storedUpTo: (n) => [...before.toReversed(), ...sorted.slice(0, n)],
    };
  }
}

function byTime(one: PackedPoint, other: PackedPoint): number {
  return one.at - other.at || one.meta - other.meta;
}
