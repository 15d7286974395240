import { localDay, startOfDay } from './time-zones';

/** One step of a grid of time. */
export interface Step {
  readonly count: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month';
}

const MILLIS = { second: 1000, minute: 60_000, hour: 3_600_000 };
const LETTERS = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;
const WORDS = ['minute', 'hour', 'day', 'week', 'month'] as const;
const MOST = { second: 86_400, minute: 1440, hour: 24, day: 366, week: 52, month: 1 };
/** 1970 began on a Thursday: the Monday before it. */
const FIRST_MONDAY = -3;

/** Reads `hour`, `15m`, `6h`, `1d`; nothing for any other text. */
export function parseStep(text: string): Step | undefined {
  const word = WORDS.find((unit) => unit === text);
  if (word) return { count: 1, unit: word };
  const [, digits = '', letter = ''] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? [];
  const unit = LETTERS[letter as keyof typeof LETTERS];
  const count = Number(digits);
  return unit && count <= MOST[unit] ? { count, unit } : undefined;
}

/** One step of a grid: `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The steps of a calendar that groups are made of, one after the other as they are asked for. Weeks begin on Monday; steps
 * within a day are counted from its midnight, so the last one of a day may be cut short, or an hour longer or shorter on a day
 * of 23 or 25 hours. Without a step the whole range is one span.
 */
export class Grid {
  constructor(
    private readonly range: readonly [number, number],
    private readonly step: Step | undefined,
    private readonly zone: string,
  ) {}

  /** The spans that share a time with `[from, to)`: the earliest first, or with `desc` the latest first. */
  *spans([from, to]: readonly [number, number], sort: 'asc' | 'desc'): Generator<Span> {
    const { step } = this;
    if (from >= to) return;
    if (!step) {
      yield { start: this.range[0], end: this.range[1] };
      return;
    }
    const length = isWithinDay(step) ? step.count * MILLIS[step.unit] : undefined;
    for (const days of this.calendarSpans(from, to, step, sort)) {
      // A day that a time zone has skipped.
      if (days.start >= days.end) continue;
      if (length === undefined) yield days;
      else yield* partsOf(days, length, { from, to, sort });
    }
  }

  /** The span that a time is in. */
  spanAt(at: number): Span {
    const [span] = this.spans([at, at + 1], 'asc');
    return span ?? { start: at, end: at + 1 };
  }

  /** Whether spans take some time to find, so that many of them are found in slices. */
  get isSlow(): boolean {
    return this.zone !== 'UTC';
  }

  /** Whether most spans of this grid begin at whole quarters of an hour. */
  get isCoarse(): boolean {
    const { step } = this;
    return !step || !isWithinDay(step) || (step.count * MILLIS[step.unit]) % 900_000 === 0;
  }

  /** Days, or steps of several days, weeks or a month. */
  private *calendarSpans(from: number, to: number, step: Step, sort: 'asc' | 'desc'): Generator<Span> {
    const { zone } = this;
    let day = firstDay(localDay(sort === 'asc' ? from : to - 1, zone), step);
    let start = startOfDay(day, zone);
    let end = startOfDay(nextDay(day, step), zone);
    while (start < to && end > from) {
      yield { start, end };
      if (sort === 'asc') {
        day = nextDay(day, step);
        start = end;
        end = startOfDay(nextDay(day, step), zone);
      } else {
        day = dayBefore(day, step);
        end = start;
        start = startOfDay(day, zone);
      }
    }
  }
}

function isWithinDay(step: Step): step is Step & { unit: keyof typeof MILLIS } {
  return step.unit === 'second' || step.unit === 'minute' || step.unit === 'hour';
}

/** The parts of a day that share a time with a range. */
function* partsOf(
  day: Span,
  length: number,
  { from, to, sort }: { from: number; to: number; sort: 'asc' | 'desc' },
): Generator<Span> {
  const partOf = (at: number) => day.start + Math.floor((at - day.start) / length) * length;
  const first = partOf(Math.max(from, day.start));
  const last = partOf(Math.min(to, day.end) - 1);
  for (let start = sort === 'asc' ? first : last; start >= first && start <= last;) {
    yield { start, end: Math.min(start + length, day.end) };
    start += sort === 'asc' ? length : -length;
  }
}

function firstDay(day: number, { unit, count }: Step): number {
  if (unit === 'month') return monthStart(day, 0);
  const length = daysOf({ unit, count });
  const origin = unit === 'week' ? FIRST_MONDAY : 0;
  return Math.floor((day - origin) / length) * length + origin;
}

function nextDay(day: number, step: Step): number {
  return step.unit === 'month' ? monthStart(day, 1) : day + daysOf(step);
}

function dayBefore(day: number, step: Step): number {
  return step.unit === 'month' ? monthStart(day, -1) : day - daysOf(step);
}

function daysOf({ unit, count }: Step): number {
  if (unit === 'week') return 7 * count;
  return unit === 'day' ? count : 1;
}

function monthStart(day: number, later: number): number {
  const date = new Date(day * 86_400_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later) / 86_400_000;
}
