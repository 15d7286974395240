import type { EntityManager } from 'typeorm';
import { isoTime } from '../../common/times';
import type { PointStore } from '../../points/point-store';
import { unpack, type PackedPoint, type Value } from '../../points/values';
import type { AlertPoint } from './alert-details';
import type { EvaluatedSource } from './evaluated-sources';

/** How many stored points are searched for the fields that the points of the batch lack. */
const POINTS_BACK = 100;
/** The length of a point's values as JSON. A point can have 100 texts of 1,000 characters, and fire 1,000 rules. */
export const MAX_POINT_LENGTH = 4096;

/** Which points count: those of the batch, the newest last, then stored ones before `until`. */
export interface PointsSeen {
  readonly points: readonly PackedPoint[];
  /** How many of `points` count; by default all of them. */
  readonly seen?: number | undefined;
  readonly until?: number | undefined;
}

/** The newest values of some fields, and the newest point, as a notification shows it. */
export interface Latest {
  readonly values: Readonly<Record<string, Value | undefined>>;
  readonly point: AlertPoint | null;
}

interface ShownPoint {
  readonly point: AlertPoint;
  readonly isLong: boolean;
}

/** Finds the newest values of a source for many rules: each point is read and unpacked once. */
export class LatestValues {
  private readonly shown = new Map<PackedPoint, ShownPoint>();
  private readonly stored = new Map<number, readonly PackedPoint[]>();

  constructor(
    private readonly store: PointStore,
    private readonly manager: EntityManager,
    private readonly source: EvaluatedSource,
  ) {}

  /** If the values of the newest point are too long, it is reduced to these fields. */
  async of(
    fields: readonly string[],
    { points, seen = points.length, until = Number.MAX_SAFE_INTEGER }: PointsSeen,
  ): Promise<Latest> {
    const values: Record<string, Value | undefined> = {};
    let latest: ShownPoint | undefined;
    const isComplete = () => latest !== undefined && fields.every((field) => values[field] !== undefined);
    const take = (packed: PackedPoint) => {
      const shown = this.show(packed);
      latest ??= shown;
      for (const field of fields) values[field] ??= shown.point.values[field];
    };
    for (let index = seen - 1; index >= 0 && !isComplete(); index--) take(points[index] as PackedPoint);
    if (!isComplete())
      for (const packed of await this.storedBefore(until)) {
        take(packed);
        if (isComplete()) break;
      }
    return { values, point: latest ? reduced(latest, fields) : null };
  }

  private show(packed: PackedPoint): ShownPoint {
    let shown = this.shown.get(packed);
    if (!shown) {
      const values = unpack(this.source.schema, packed);
      const isLong = JSON.stringify(values).length > MAX_POINT_LENGTH;
      shown = { point: { timestamp: isoTime(packed.at), values }, isLong };
      this.shown.set(packed, shown);
    }
    return shown;
  }

  private async storedBefore(until: number): Promise<readonly PackedPoint[]> {
    let points = this.stored.get(until);
    if (!points) {
      const range = [this.source.visibleFrom, until] as const;
      points = await this.store.read(this.manager, this.source, range, { limit: POINTS_BACK, sort: 'desc' });
      this.stored.set(until, points);
    }
    return points;
  }
}

function reduced({ point, isLong }: ShownPoint, fields: readonly string[]): AlertPoint {
  if (!isLong) return point;
  const own = Object.entries(point.values).filter(([name]) => fields.includes(name));
  return { ...point, values: Object.fromEntries(own) };
}
