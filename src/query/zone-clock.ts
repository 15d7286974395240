import { LruMap } from '../common/lru-map';
import { offsetAt } from './time-zones';

export const DAY_MILLIS = 86_400_000;
/** Offsets are looked up once for each day of a window, so two changes within one day are seen only if they differ. */
const WINDOW_DAYS = 4;
const WINDOW_MILLIS = WINDOW_DAYS * DAY_MILLIS;
const MOST_WINDOWS = 64;
/** No time zone is further ahead of UTC, or behind it. */
const MOST_OFFSET = 16 * 3_600_000;
/** No clock was set back by more. */
const MOST_SET_BACK = 26 * 3_600_000;

/** A time, `[start, end)`, in which a zone's clock is ahead of UTC by the same offset. Its ends need not be changes of the clock. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** The clock on the wall of a time zone. All times and lengths are in milliseconds. Looks at no more of the calendar than it is asked for. */
export class ZoneClock {
  private readonly windows = new LruMap<number, readonly Stretch[]>(MOST_WINDOWS);
  private latest: Stretch | undefined;

  constructor(private readonly zone: string) {
    if (zone === 'UTC') this.latest = { start: -Infinity, end: Infinity, offset: 0 };
  }

  /** The last instant up to `at` where the clock reads a multiple of `length`, counted from 1970-01-01, or has just jumped over one. */
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

  /** The first such instant after `at`. */
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

  /** The day of the calendar, since 1970-01-01. A day that has begun does not end where the clock is set back across midnight. */
  dayAt(at: number): number {
    let stretch = this.stretchAt(at);
    let wall = at + stretch.offset;
    while (stretch.start > at - MOST_SET_BACK) {
      const before = this.stretchAt(stretch.start - 1);
      if (before.offset > stretch.offset) wall = Math.max(wall, stretch.start + before.offset - 1);
      stretch = before;
    }
    return Math.floor(wall / DAY_MILLIS);
  }

  /** When a day begins: the first instant at which the clock reads its midnight or a later time. A skipped day begins with the next. */
  startOfDay(day: number): number {
    const midnight = day * DAY_MILLIS;
    for (let stretch = this.stretchAt(midnight - MOST_OFFSET); ;) {
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

/** Whether a step begins where one stretch follows another. A clock that is set back begins one only where it reads a multiple. */
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

/** The first instant, up to `to`, at which the offset is another one. */
function changeIn(from: number, to: number, zone: string, offset: number): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return high;
}
