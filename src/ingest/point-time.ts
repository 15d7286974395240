import type { Refusal } from '../common/errors';
import { LEAST_EPOCH_MILLIS, parseTime } from '../common/times';
import { TIMESTAMP_AHEAD, TIMESTAMP_INVALID, TIMESTAMP_SECONDS, TIMESTAMP_TOO_SMALL } from './ingest.errors';

/** The units that a timestamp may be counted in since 1970, each with its power of ten in a second. */
const DIGITS = { s: 0, ms: 3, us: 6, ns: 9 } as const;
export type Precision = keyof typeof DIGITS;
export const PRECISIONS = Object.keys(DIGITS) as readonly Precision[];

const LATEST = 253_402_300_799_999;
const EPOCH = /^(\d{1,30})(?:\.(\d{1,30}))?$/;

/** How timestamps that are numbers are read. */
export interface TimeUnit {
  readonly precision: Precision;
  /** Earlier milliseconds are refused where they come from a number: its unit is taken to be another one. */
  readonly leastMillis: number;
}

/** The unit that a client names. Seconds are taken as they are: no client counts in a larger unit. */
export function unitOf(precision: Precision = 'ms'): TimeUnit {
  return { precision, leastMillis: precision === 's' ? 0 : LEAST_EPOCH_MILLIS };
}

/** Reads a point's timestamp, in milliseconds since 1970, or gives why it cannot be one. Finer digits are cut. */
export function readTimestamp(timestamp: unknown, unit: TimeUnit): number | Refusal {
  const read =
    typeof timestamp === 'string' ? (parseTime(timestamp) ?? fromDigits(timestamp, unit)) : fromNumber(timestamp, unit);
  return read ?? TIMESTAMP_INVALID;
}

/** @param value a bigint for an integer that no number holds */
function fromNumber(value: unknown, unit: TimeUnit): number | Refusal | undefined {
  if (typeof value === 'bigint') return fromDigits(String(value), unit);
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  if (unit.precision === 'ms') return checked(Math.floor(value), unit);
  // By its decimal digits: 1795822690.123 times 1000 is a little less than the milliseconds that were meant.
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
