import { LruMap } from '../common/lru-map';
import { offsetAt } from './time-zones';

export const DAY_MILLIS = 86_400_000;
/** Offsets are looked up once for each day of a window, so two changes within one day that cancel each other out are not detected. */
const WINDOW_DAYS = 4;
const WINDOW_MILLIS = WINDOW_DAYS * DAY_MILLIS;
const MAX_WINDOWS = 64;
/** The largest UTC offset of any time zone. */
const MAX_OFFSET_MILLIS = 16 * 3_600_000;
/** The largest amount by which a clock was ever set back. */
const MAX_SET_BACK_MILLIS = 26 * 3_600_000;

/** A time span `[start, end)` with one UTC offset. Its ends need not be clock changes. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** The local clock of a time zone. All times and lengths are in milliseconds. Offsets are computed on demand. */
export class ZoneClock {
  private readonly windows = new LruMap<number, readonly Stretch[]>(MAX_WINDOWS);
  private latest: Stretch | undefined;

  constructor(private readonly zone: string) {
    if (zone === 'UTC') this.latest = { start: -Infinity, end: Infinity, offset: 0 };
  }

  /** The UTC offset at a time. */
  offsetAt(at: number): number {
    return this.stretchAt(at).offset;
  }

  /** The last time up to `at` at which the local time is a multiple of `length`, counted from 1970-01-01, or a clock change skips one. */
  stepStart(at: number, length: number): number {
    for (let stretch = this.stretchAt(at), last = at; ;) {
      const start = Math.floor((last + stretch.offset) / length) * length - stretch.offset;
      if (start >= stretch.start) return start;
      const before = this.stretchAt(stretch.start - 1);
      if (beginsStep(before, stretch, length)) return stretch.start;
      last = stretch.start - 1;
      stretch = before;
    }
  }

  /** The first such time after `at`. */
  nextStep(at: number, length: number): number {
    for (let stretch = this.stretchAt(at), from = at; ;) {
      const next = (Math.floor((from + stretch.offset) / length) + 1) * length - stretch.offset;
      if (next < stretch.end) return next;
      const after = this.stretchAt(stretch.end);
      if (beginsStep(stretch, after, length)) return after.start;
      from = after.start;
      stretch = after;
    }
  }

  /** The local calendar day, counted from 1970-01-01. If the clock is set back across midnight, the new day continues. */
  dayAt(at: number): number {
    let stretch = this.stretchAt(at);
    let wall = at + stretch.offset;
    while (stretch.start > at - MAX_SET_BACK_MILLIS) {
      const before = this.stretchAt(stretch.start - 1);
      if (before.offset > stretch.offset) wall = Math.max(wall, stretch.start + before.offset - 1);
      stretch = before;
    }
    return Math.floor(wall / DAY_MILLIS);
  }

  /** The start of a day: the first time at which the local time is its midnight or later. A skipped day starts with the next one. */
  startOfDay(day: number): number {
    const midnight = day * DAY_MILLIS;
    for (let stretch = this.stretchAt(midnight - MAX_OFFSET_MILLIS); ;) {
      const start = Math.max(stretch.start, midnight - stretch.offset);
      if (start < stretch.end) return start;
      stretch = this.stretchAt(stretch.end);
    }
  }

  private stretchAt(at: number): Stretch {
    if (this.latest && at >= this.latest.start && at < this.latest.end) return this.latest;
    const number = Math.floor(at / WINDOW_MILLIS);
    let window = this.windows.get(number);
    if (!window) this.windows.set(number, (window = stretchesOf(number * WINDOW_MILLIS, this.zone)));
    const found = window.find(({ end }) => at < end);
    if (!found) throw new Error(`No stretch of ${this.zone} holds ${at}`);
    return (this.latest = found);
  }
}

/** Whether a step starts at the change between two stretches. A clock that is set back starts one only at a multiple. */
function beginsStep(before: Stretch, after: Stretch, length: number): boolean {
  const wall = after.start + after.offset;
  if (wall % length === 0) return true;
  return after.offset > before.offset && Math.ceil((after.start + before.offset) / length) * length <= wall;
}

function stretchesOf(from: number, zone: string): Stretch[] {
  const stretches: Stretch[] = [];
  let offset = offsetAt(from, zone);
  let start = from;
  for (let day = 1; day <= WINDOW_DAYS; day++) {
    const end = from + day * DAY_MILLIS;
    const next = offsetAt(end, zone);
    while (offset !== next) {
      const change = changeIn(start, end, zone, offset);
      stretches.push({ start, end: change, offset });
      start = change;
      offset = offsetAt(change, zone);
    }
  }
  // A change at the very end belongs to the next window.
  if (start < from + WINDOW_MILLIS) stretches.push({ start, end: from + WINDOW_MILLIS, offset });
  return stretches;
}

/** The first time, up to `to`, with another offset. */
function changeIn(from: number, to: number, zone: string, offset: number): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return high;
}
