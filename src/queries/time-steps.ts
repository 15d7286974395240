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

/**
 * Where the groups of a range begin, from the one that `from` is in up to the last that begins before `to`, and where the
 * last one ends. Weeks begin on Monday; steps within a day are counted from its midnight, so the last one of a day may be
 * cut short, or an hour longer or shorter on a day of 23 or 25 hours.
 *
 * @returns undefined where there would be more than `most` groups
 */
export function groupStarts(
  [from, to]: readonly [number, number],
  step: Step,
  zone: string,
  most: number,
): number[] | undefined {
  const starts: number[] = [];
  const add = (start: number) => {
    // Of what begins before the range only the last is kept.
    if (start <= from) starts.length = 0;
    starts.push(start);
    return starts.length <= most + 1;
  };
  for (const [start, end] of calendarSteps(from, to, step, zone)) {
    if (step.unit === 'day' || step.unit === 'week' || step.unit === 'month') {
      if (!add(start)) return undefined;
    } else {
      const length = step.count * MILLIS[step.unit];
      // Far inside a day one need not begin at its midnight.
      const skipped = from > start ? Math.floor((from - start) / length) : 0;
      for (let at = start + skipped * length; at < end && at < to; at += length) if (!add(at)) return undefined;
    }
    if (end >= to) {
      starts.push(endOf(starts.at(-1) ?? start, end, step));
      return starts.length <= most + 1 ? starts : undefined;
    }
  }
  return starts;
}

function endOf(start: number, end: number, { unit, count }: Step): number {
  if (unit === 'day' || unit === 'week' || unit === 'month') return end;
  return Math.min(end, start + count * MILLIS[unit]);
}

/** Days, or steps of several days, weeks or a month, from the one that `from` is in. */
function* calendarSteps(from: number, to: number, step: Step, zone: string): Generator<readonly [number, number]> {
  let day = firstDay(localDay(from, zone), step);
  let start = startOfDay(day, zone);
  while (start < to) {
    day = nextDay(day, step);
    const end = startOfDay(day, zone);
    yield [start, end];
    start = end;
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

function daysOf({ unit, count }: Step): number {
  if (unit === 'week') return 7 * count;
  return unit === 'day' ? count : 1;
}

function monthStart(day: number, later: number): number {
  const date = new Date(day * 86_400_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later) / 86_400_000;
}
