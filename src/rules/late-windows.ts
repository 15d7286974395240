import type { EntityManager } from 'typeorm';
import { PointStore, type StoredSource } from '../points/point-store';
import { identityOf, saysTheSame, type PackedPoint } from '../points/values';

/** So many points are judged in a few milliseconds. */
const MOST_POINTS = 3000;
/** How far back a value is looked for. */
const POINTS_BACK = 100;

/** Points that came late, among those that are stored around them. */
export interface LateWindow {
  /** What is stored from before it, from the latest on. */
  readonly before: readonly PackedPoint[];
  /** What it comes to, in the order of time. */
  readonly points: readonly PackedPoint[];
  /** Those of its points that came late and say more than what is stored. */
  readonly news: ReadonlySet<PackedPoint>;
}

/** Reads what is stored around points that came late, once for all rules that look equally far back. */
export class LateWindows {
  private readonly read = new Map<number, Promise<LateWindow | undefined>>();

  /** @param late in the order of time, all from before `latest` */
  constructor(
    private readonly store: PointStore,
    private readonly manager: EntityManager,
    private readonly source: StoredSource,
    private readonly late: readonly PackedPoint[],
    private readonly latest: number,
  ) {}

  /** What there is from a time on up to the latest point, and nothing if that is too much to look at. */
  from(from: number): Promise<LateWindow | undefined> {
    const read = this.read.get(from) ?? this.readFrom(from);
    this.read.set(from, read);
    return read;
  }

  private async readFrom(from: number): Promise<LateWindow | undefined> {
    const { manager, store, source, latest } = this;
    const stored = await store.read(manager, source, [from, latest + 1], { limit: MOST_POINTS + 1, sort: 'asc' });
    if (stored.length > MOST_POINTS) return undefined;
    const before = await store.read(manager, source, [0, from], { limit: POINTS_BACK, sort: 'desc' });
    const points = new Map(stored.map((point) => [identityOf(point), point]));
    const news = new Set<PackedPoint>();
    for (const point of this.late) {
      const known = points.get(identityOf(point));
      if (point.at < from || (known && saysTheSame(known, point))) continue;
      if (known) news.delete(known);
      news.add(point);
      points.set(identityOf(point), point);
    }
    return { before, points: [...points.values()].sort(byTime), news };
  }
}

function byTime(one: PackedPoint, other: PackedPoint): number {
  return one.at - other.at || one.meta - other.meta;
}
