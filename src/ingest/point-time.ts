import type { Refusal } from '../common/errors';
import { LEAST_EPOCH_MILLIS, parseTime } from '../common/times';
import { TIMESTAMP_AHEAD, TIMESTAMP_INVALID, TIMESTAMP_SECONDS, TIMESTAMP_TOO_SMALL } from './ingest.errors';

/** The units of numeric timestamps, each with the number of its decimal digits after the second. */
const DIGITS = { s: 0, ms: 3, us: 6, ns: 9 } as const;
export type Precision = keyof typeof DIGITS;
export const PRECISIONS = Object.keys(DIGITS) as readonly Precision[];

const LATEST = 253_402_300_799_999;
const EPOCH = /^(\d{1,30})(?:\.(\d{1,30}))?$/;

/** How numeric timestamps are read. */
export interface TimeUnit {
  readonly precision: Precision;
  /** Numeric timestamps before this time are rejected, because they probably have another unit. */
  readonly leastMillis: number;
}

/** The unit that a client names. Seconds have no minimum, because clients use no larger unit. */
export function unitOf(precision: Precision = 'ms'): TimeUnit {
  return { precision, leastMillis: precision === 's' ? 0 : LEAST_EPOCH_MILLIS };
}

/** Reads a timestamp in milliseconds since 1970, or returns why it is invalid. Finer digits are cut off. */
export function readTimestamp(timestamp: unknown, unit: TimeUnit): number | Refusal {
  const read =
    typeof timestamp === 'string' ? (parseTime(timestamp) ?? fromDigits(timestamp, unit)) : fromNumber(timestamp, unit);
  return read ?? TIMESTAMP_INVALID;
}

/** @param value a bigint for an integer that a number would round */
function fromNumber(value: unknown, unit: TimeUnit): number | Refusal | undefined {
  if (typeof value === 'bigint') return fromDigits(String(value), unit);
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  if (unit.precision === 'ms') return checked(Math.floor(value), unit);
  // Uses the decimal digits: 1795822690.123 times 1000 is slightly less than the intended milliseconds.
  return value < 1e-6 ? checked(0, unit) : fromDigits(String(value), unit);
}

function fromDigits(text: string, unit: TimeUnit): number | Refusal | undefined {
  const [match, whole = '', fraction = ''] = EPOCH.exec(text) ?? [];
  if (match === undefined) return undefined;
  const shift = DIGITS.ms - DIGITS[unit.precision];
  const digits = shift < 0 ? whole.slice(0, shift) : whole + fraction.slice(0, shift).padEnd(shift, '0');
  return checked(Number(digits), unit);
}

function checked(millis: number, { precision, leastMillis }: TimeUnit): number | Refusal | undefined {
  if (millis < leastMillis) return precision === 'ms' ? TIMESTAMP_SECONDS : TIMESTAMP_TOO_SMALL;
  if (millis > LATEST) return precision === 'ms' ? undefined : TIMESTAMP_AHEAD;
  return millis;
}
