import { DAY_MILLIS, ZoneClock } from './zone-clock';

/** The length of time buckets: a number of units. */
export interface Step {
  readonly count: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month';
}

const MILLIS = { second: 1000, minute: 60_000, hour: 3_600_000 };
const LETTERS = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;
const WORDS: Readonly<Record<string, Step>> = {
  minute: { count: 1, unit: 'minute' },
  hour: { count: 1, unit: 'hour' },
  day: { count: 1, unit: 'day' },
  week: { count: 1, unit: 'week' },
  month: { count: 1, unit: 'month' },
  quarter: { count: 3, unit: 'month' },
  year: { count: 12, unit: 'month' },
};
const MAX_COUNTS = { second: 86_400, minute: 1440, hour: 24, day: 366, week: 52 };
/** 1970-01-01 was a Thursday; weeks start on the Monday before it. */
const FIRST_MONDAY = -3;

/** Parses a step such as `hour`, `15m`, `6h` or `1d`; undefined for any other text. `24h` is a day, and `7d` a week. */
export function parseStep(text: string): Step | undefined {
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  const [, digits = '', letter = ''] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? [];
  const unit = LETTERS[letter as keyof typeof LETTERS];
  const count = Number(digits);
  return unit && count <= MAX_COUNTS[unit] ? inLongestUnit({ count, unit }) : undefined;
}

function inLongestUnit(step: Step): Step {
  const { count, unit } = step;
  if (isWithinDay(step)) return count * MILLIS[step.unit] === DAY_MILLIS ? { count: 1, unit: 'day' } : step;
  return unit === 'day' && count % 7 === 0 ? { count: count / 7, unit: 'week' } : step;
}

/** One time bucket: `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The time buckets of a grouped query, computed on demand. Weeks start on Monday. A step shorter than a day starts when the local
 * time is a multiple of the step, counted from local 1970-01-01, or a clock change skips one: around clock changes a bucket is
 * shorter or longer. Without a step, the whole range is one bucket.
 */
export class TimeBuckets {
  private readonly clock: ZoneClock;

  constructor(
    private readonly range: readonly [number, number],
    private readonly step: Step | undefined,
    private readonly zone: string,
  ) {
    this.clock = new ZoneClock(zone);
  }

  /** The time buckets that overlap `[from, to)`, in ascending or descending order. */
  *spans([from, to]: readonly [number, number], sort: 'asc' | 'desc'): Generator<Span> {
    const { step } = this;
    if (from >= to) return;
    if (!step) yield { start: this.range[0], end: this.range[1] };
    else if (isWithinDay(step)) yield* this.clockSpans(from, to, step.count * MILLIS[step.unit], sort);
    else yield* this.calendarSpans(from, to, step, sort);
  }

  /** The time bucket that contains a time. */
  spanAt(at: number): Span {
    const [span] = this.spans([at, at + 1], 'asc');
    return span ?? { start: at, end: at + 1 };
  }

  /** Whether time buckets are slow to compute, so that callers should yield in between. */
  get isSlow(): boolean {
    return this.zone !== 'UTC';
  }

  /** Whether most time buckets start at the start of a rollup window. */
  get isCoarse(): boolean {
    const { step } = this;
    return !step || !isWithinDay(step) || (step.count * MILLIS[step.unit]) % 900_000 === 0;
  }

  private *clockSpans(from: number, to: number, length: number, sort: 'asc' | 'desc'): Generator<Span> {
    const { clock } = this;
    let start = clock.stepStart(sort === 'asc' ? from : to - 1, length);
    let end = clock.nextStep(start, length);
    while (start < to && end > from) {
      yield { start, end };
      if (sort === 'asc') {
        start = end;
        end = clock.nextStep(start, length);
      } else {
        end = start;
        start = clock.stepStart(start - 1, length);
      }
    }
  }

  /** Multiples of days, weeks or months. A step whose days the time zone skipped entirely is left out. */
  private *calendarSpans(from: number, to: number, step: Step, sort: 'asc' | 'desc'): Generator<Span> {
    const { clock } = this;
    let day = firstDay(clock.dayAt(sort === 'asc' ? from : to - 1), step);
    let start = clock.startOfDay(day);
    let end = clock.startOfDay(laterDay(day, step, 1));
    while (start < to && end > from) {
      if (start < end) yield { start, end };
      if (sort === 'asc') {
        day = laterDay(day, step, 1);
        start = end;
        end = clock.startOfDay(laterDay(day, step, 1));
      } else {
        day = laterDay(day, step, -1);
        end = start;
        start = clock.startOfDay(day);
      }
    }
  }
}

function isWithinDay(step: Step): step is Step & { unit: keyof typeof MILLIS } {
  return step.unit === 'second' || step.unit === 'minute' || step.unit === 'hour';
}

function firstDay(day: number, step: Step): number {
  if (step.unit === 'month') return monthStart(Math.floor(monthOf(day) / step.count) * step.count);
  const length = daysOf(step);
  const origin = step.unit === 'week' ? FIRST_MONDAY : 0;
  return Math.floor((day - origin) / length) * length + origin;
}

/** The first day of a later step, or of an earlier one. */
function laterDay(day: number, step: Step, steps: 1 | -1): number {
  if (step.unit === 'month') return monthStart(monthOf(day) + steps * step.count);
  return day + steps * daysOf(step);
}

function daysOf({ unit, count }: Step): number {
  return unit === 'week' ? 7 * count : count;
}

/** Months since January of the year 0. */
function monthOf(day: number): number {
  const date = new Date(day * DAY_MILLIS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthStart(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12) / DAY_MILLIS;
}
