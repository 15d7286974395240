import { spacedUnit } from './numbers';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30.44 * DAY;
const YEAR = 365.25 * DAY;

/** Each unit, and up to which distance it is used. */
const UNITS: readonly [unit: Intl.RelativeTimeFormatUnit, millis: number, below: number][] = [
  ['second', SECOND, MINUTE],
  ['minute', MINUTE, HOUR],
  ['hour', HOUR, DAY],
  ['day', DAY, MONTH],
  ['month', MONTH, YEAR],
  ['year', YEAR, Infinity],
];

const NOW_MILLIS = 10 * SECOND;
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** Whether a time that was ahead has come, as far as it can be told from now. */
export function hasCome(at: number, now: number): boolean {
  return at - now < NOW_MILLIS;
}

/** How far a time is from now, as people say it: `just now`, `3 minutes ago`, `yesterday`, `in 2 hours`. */
export function distanceInWords(at: number, now: number): string {
  const millis = at - now;
  const size = Math.abs(millis);
  if (size < NOW_MILLIS) return 'just now';
  const [unit, unitMillis] = UNITS.find(([, , below]) => size < below) ?? ['year', YEAR];
  // Of the past, what is not complete is not counted: `59 minutes ago` until the hour is over.
  const count = millis < 0 ? Math.trunc(millis / unitMillis) : Math.round(millis / unitMillis);
  return words.format(count, unit);
}

const SHORT_UNITS: readonly [RegExp, string][] = [
  [/\bseconds?\b/, 's'],
  [/\bminutes?\b/, 'min'],
  [/\bhours?\b/, 'h'],
];

/** The same where there is little room: `3 min ago`. */
export function shortDistance(at: number, now: number): string {
  return SHORT_UNITS.reduce((text, [long, short]) => text.replace(long, short), distanceInWords(at, now));
}

/** After how many milliseconds `distanceInWords` may say something else. */
export function wordsLastMillis(at: number, now: number): number {
  const size = Math.abs(at - now);
  if (size < MINUTE) return 5 * SECOND;
  return size < HOUR ? 20 * SECOND : 5 * MINUTE;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A formatter of a time zone, or of the browser's own. Each is made once: making one takes a millisecond. */
function formatOf(name: string, options: Intl.DateTimeFormatOptions, zone: string | undefined): Intl.DateTimeFormat {
  const id = `${name} ${zone ?? ''}`;
  const known = formats.get(id) ?? new Intl.DateTimeFormat('en-GB', { ...options, ...(zone && { timeZone: zone }) });
  formats.set(id, known);
  return known;
}

/** A time in full: `Sat 28 Nov 2026, 15:40:12 GMT+1`. */
export function fullTime(at: number, zone?: string): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  };
  return formatOf('full', options, zone).format(at);
}

/** A time in a table or beside a value: `28 Nov 2026, 15:40:12`. */
export function plainTime(at: number, zone?: string): string {
  const options: Intl.DateTimeFormatOptions = {
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  };
  return formatOf('plain', options, zone).format(at);
}

/** A time in a table of times that are all on a minute: `28 Nov 2026, 15:40`. */
export function minuteTime(at: number, zone?: string): string {
  const date = { day: '2-digit', month: 'short', year: 'numeric' } as const;
  return formatOf('minutes', { ...date, hour: '2-digit', minute: '2-digit' }, zone).format(at);
}

/** A time of today: `15:40:12`. */
export function clockTime(at: number): string {
  return formatOf('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }, undefined).format(at);
}

const LONG_RANGE = 60 * DAY;
const SHORT_RANGE = 10 * MINUTE;

/** A range as it is read at a glance: `28 Nov 2026, 00:47 – 29 Nov 2026, 00:47`, `28 Nov 2026, 13:00–14:00`, `1 Jan – 30 Nov 2026`. */
export function rangeTime({ from, to }: { readonly from: number; readonly to: number }, zone?: string): string {
  const length = to - from;
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  if (length > LONG_RANGE) return formatOf('dates', date, zone).formatRange(from, to);
  if (length > SHORT_RANGE) return formatOf('range', { ...date, ...time }, zone).formatRange(from, to);
  return formatOf('short range', { ...date, ...time, second: '2-digit' }, zone).formatRange(from, to);
}

/** The time zone of the browser, such as `Europe/Berlin`. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const DURATION_UNITS: readonly [name: string, millis: number][] = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
];

/** A duration in its two largest units: `2 h 5 min`, `40 s`, `3 d`. */
export function durationInWords(millis: number): string {
  if (millis < SECOND) return `${Math.max(0, Math.round(millis))}${spacedUnit('ms')}`;
  const first = DURATION_UNITS.findIndex(([, size]) => millis >= size);
  let rest = millis;
  const parts = DURATION_UNITS.slice(first, first + 2).map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${spacedUnit(name)}`;
  });
  return parts.filter(Boolean).join(' ');
}

/** A delay as it is read at a glance: `0.3 ms`, `124 ms`. */
export function inMillis(millis: number): string {
  const rounded = millis < 10 ? Math.round(millis * 10) / 10 : Math.round(millis);
  return `${rounded.toLocaleString('en')}${spacedUnit('ms')}`;
}
