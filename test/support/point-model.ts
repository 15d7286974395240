/** A reference model: points as a plain list, and every reply computed from it in the slow and obvious way. */

export type ModelValue = number | string | boolean;

export interface ModelPoint {
  readonly source: number;
  readonly at: number;
  readonly metadata: Record<string, ModelValue> | null;
  readonly values: Record<string, ModelValue>;
}

export class PointModel {
  points: (ModelPoint & { readonly meta: number })[] = [];
  /** Metadata are numbered within a source in the order in which they are first seen. */
  private readonly metas = new Map<string, number>();

  /** What becomes of points that are sent, as the reply counts it. */
  ingest(sent: readonly ModelPoint[]): { inserted: number; updated: number; duplicates: number } {
    const counts = { inserted: 0, updated: 0, duplicates: 0 };
    for (const point of sent) {
      const meta = this.metaOf(point);
      const index = this.points.findIndex(
        (one) => one.source === point.source && one.at === point.at && one.meta === meta,
      );
      const before = this.points[index];
      if (!before) {
        counts.inserted += 1;
        this.points.push({ ...point, meta });
      } else if (sameValues(before.values, point.values)) counts.duplicates += 1;
      else {
        counts.updated += 1;
        this.points[index] = { ...point, meta };
      }
    }
    return counts;
  }

  remove(source: number | undefined, [from, to]: readonly [number, number]): number {
    const kept = this.points.filter(
      (point) => (source !== undefined && point.source !== source) || point.at < from || point.at >= to,
    );
    const removed = this.points.length - kept.length;
    this.points = kept;
    return removed;
  }

  /** Points in the order of time, then source, then metadata. */
  raw(
    sources: readonly number[],
    [from, to]: readonly [number, number],
    metadata: Record<string, ModelValue> = {},
  ): (ModelPoint & { readonly meta: number })[] {
    return this.points
      .filter(({ source, at }) => sources.includes(source) && at >= from && at < to)
      .filter((point) => Object.entries(metadata).every(([name, value]) => point.metadata?.[name] === value))
      .sort((a, b) => a.at - b.at || a.source - b.source || a.meta - b.meta);
  }

  private metaOf({ source, metadata }: ModelPoint): number {
    if (!metadata || Object.keys(metadata).length === 0) return 0;
    const text = `${source} ${JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    const ofSource = [...this.metas.keys()].filter((one) => one.startsWith(`${source} `)).length;
    if (!this.metas.has(text)) this.metas.set(text, ofSource + 1);
    return this.metas.get(text) ?? 0;
  }
}

function sameValues(one: Record<string, ModelValue>, other: Record<string, ModelValue>): boolean {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.every((name) => one[name] === other[name]);
}

/** One way to put values together, computed from all of them in the order of time; null where it means nothing. */
export function aggregate(aggregation: string, values: readonly ModelValue[]): ModelValue | null {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  const sum = numbers.reduce((total, value) => total + value, 0);
  const mean = sum / numbers.length;
  const quantile = (share: number) => {
    const sorted = [...numbers].sort((a, b) => a - b);
    const place = (sorted.length - 1) * share;
    const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low + (high - low) * (place - Math.floor(place));
  };
  switch (aggregation) {
    case 'count':
      return values.length;
    case 'first':
      return values[0] ?? null;
    case 'last':
      return values.at(-1) ?? null;
    case 'sum':
      return sum;
    case 'avg':
      return mean;
    case 'min':
      return Math.min(...numbers);
    case 'max':
      return Math.max(...numbers);
    case 'stddev': {
      const squares = numbers.reduce((total, value) => total + (value - mean) ** 2, 0);
      return numbers.length < 2 ? null : Math.sqrt(squares / (numbers.length - 1));
    }
    case 'median':
      return quantile(0.5);
    case 'p95':
      return quantile(0.95);
    case 'p99':
      return quantile(0.99);
    default:
      throw new Error(`No such aggregation: ${aggregation}`);
  }
}

/** What holes, which are undefined, are filled with, each looked at by itself. A null is no hole, and fills none. */
export function filledSeries(
  holes: readonly (ModelValue | null | undefined)[],
  starts: readonly number[],
  fill: string,
  beforeAll: ModelValue | null = null,
): (ModelValue | null)[] {
  const isValue = (one: ModelValue | null | undefined) => one !== null && one !== undefined;
  return holes.map((value, index) => {
    if (value !== undefined || fill === 'null') return value ?? null;
    const before = holes.findLastIndex((one, place) => place < index && isValue(one));
    const after = holes.findIndex((one, place) => place > index && isValue(one));
    if (before === -1 && fill === 'previous') return beforeAll;
    if (before === -1 || (fill === 'linear' && after === -1)) return null;
    const [low, high] = [holes[before] ?? 0, holes[after] ?? 0];
    if (fill === 'previous') return low;
    const [begin = 0, at = 0, end = 0] = [starts[before], starts[index], starts[after]];
    return Number(low) + ((Number(high) - Number(low)) * (at - begin)) / (end - begin);
  });
}

const MINUTE = 60_000;
const midnights = new Map<string, number>();
const days = new Map<string, Intl.DateTimeFormat>();

/** The day that a clock on the wall of a time zone shows: `2024-03-31`. */
function dayOf(at: number, zone: string): string {
  let format = days.get(zone);
  if (!format) days.set(zone, (format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone })));
  return format.format(at);
}

/** When the local day of a moment began: back by half hours, then minute by minute, until the wall shows another day. */
function midnightBefore(at: number, zone: string): number {
  const day = dayOf(at, zone);
  const name = `${zone} ${day}`;
  let start = midnights.get(name);
  if (start === undefined) {
    start = Math.floor(at / MINUTE) * MINUTE;
    for (const step of [30 * MINUTE, MINUTE]) while (dayOf(start - step, zone) === day) start -= step;
    midnights.set(name, start);
  }
  return start;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const readings = new Map<string, number>();

/** What a clock on the wall of a zone reads, as the milliseconds that UTC has when it reads the same. */
function wallOf(at: number, zone: string): number {
  const name = `${zone} ${at}`;
  let wall = readings.get(name);
  if (wall !== undefined) return wall;
  let clock = clocks.get(zone);
  if (!clock)
    clocks.set(
      zone,
      (clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })),
    );
  wall = Date.parse(`${clock.format(at).replace(' ', 'T')}Z`);
  readings.set(name, wall);
  return wall;
}

/** Goes back in time to where the clock reads a multiple of a length, or has just jumped over one. */
function stepBefore(at: number, length: number, zone: string): number {
  // Fine enough for all tested steps and clock changes.
  const grain = length % (15 * MINUTE) === 0 ? 15 * MINUTE : 30_000;
  for (let start = Math.floor(at / grain) * grain; ; start -= grain) {
    const wall = wallOf(start, zone);
    const due = wallOf(start - grain, zone) + grain;
    const isJumpedOver = due < wall && Math.ceil(due / length) * length <= wall;
    if (wall % length === 0 || isJumpedOver) return start;
  }
}

/** The start of the time bucket that contains a time. */
export function groupStart(at: number, groupBy: string, zone: string): number {
  const [, count = '', letter = ''] = /^(\d+)([smh])$/.exec(groupBy) ?? [];
  const unit = { s: 1000, m: MINUTE, h: 60 * MINUTE, minute: MINUTE, hour: 60 * MINUTE }[letter || groupBy];
  const length = unit === undefined ? 0 : unit * Number(count || 1);
  if (length > 0 && length < 1440 * MINUTE) return stepBefore(at, length, zone);
  const isFirst: Record<string, (day: string) => boolean> = {
    '7d': (day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 1,
    week: (day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 1,
    month: (day) => day.endsWith('-01'),
    quarter: (day) => /-(01|04|07|10)-01$/.test(day),
    year: (day) => day.endsWith('-01-01'),
  };
  let start = midnightBefore(at, zone);
  while (!(isFirst[groupBy]?.(dayOf(start, zone)) ?? true)) start = midnightBefore(start - 1, zone);
  return start;
}
