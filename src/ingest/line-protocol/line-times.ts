import { INVALID, isDigit, MINUS, ZERO } from './bytes';

/** How many decimal digits of a time are below a millisecond, and what one unit above it has in milliseconds. */
const UNITS = {
  ns: { cut: 6, millis: 1 },
  us: { cut: 3, millis: 1 },
  ms: { cut: 0, millis: 1 },
  s: { cut: 0, millis: 1000 },
  m: { cut: 0, millis: 60_000 },
  h: { cut: 0, millis: 3_600_000 },
} as const;

export type TimeWord = keyof typeof UNITS;
/** `auto`: each time's own size tells its unit. */
export type LinePrecision = TimeWord | 'auto';

/** `auto` takes a time for the unit in which it is below this number, which are the years up to 2128, as InfluxDB 3 does. */
const AUTO_LIMITS = [
  ['s', 5e9],
  ['ms', 5e12],
  ['us', 5e15],
] as const;
const MAX_DIGITS = '9223372036854775807';
const MIN_DIGITS = '9223372036854775808';

/** Reads the times of lines. */
export class TimeReader {
  /** The time that was read, in milliseconds since 1970. Finer digits are cut off. */
  at = 0;

  constructor(private readonly precision: LinePrecision) {}

  /** @returns the place after the time, or `INVALID` if it is not a 64-bit integer */
  read(bytes: Buffer, start: number): number {
    const isNegative = bytes[start] === MINUS;
    let first = isNegative ? start + 1 : start;
    let end = first;
    while (isDigit(bytes[end])) end += 1;
    if (end === first) return INVALID;
    while (first < end - 1 && bytes[first] === ZERO) first += 1;
    if (end - first >= MAX_DIGITS.length && isTooLarge(bytes.toString('latin1', first, end), isNegative))
      return INVALID;
    const { cut, millis } = UNITS[this.precision === 'auto' ? unitOf(bytes, first, end) : this.precision];
    const whole = numberIn(bytes, first, end - cut) * millis;
    this.at = isNegative ? -whole - (hasOtherThanZero(bytes, Math.max(first, end - cut), end) ? 1 : 0) : whole;
    return end;
  }
}

function isTooLarge(digits: string, isNegative: boolean): boolean {
  const most = isNegative ? MIN_DIGITS : MAX_DIGITS;
  return digits.length > most.length || digits > most;
}

function numberIn(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + ((bytes[at] as number) - ZERO);
  return value;
}

function hasOtherThanZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== ZERO) return true;
  return false;
}

function unitOf(bytes: Buffer, start: number, end: number): TimeWord {
  const value = numberIn(bytes, start, end);
  return AUTO_LIMITS.find(([, limit]) => value < limit)?.[0] ?? 'ns';
}
