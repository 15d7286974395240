import { dayOf, timeParts, type DateOrder } from './clock-text';

export const EPOCH_UNITS = ['s', 'ms', 'us', 'ns'] as const;
export type EpochUnit = (typeof EPOCH_UNITS)[number];
export type TimeFormat = DateOrder | EpochUnit;
export const TIME_FORMATS: readonly TimeFormat[] = ['iso', 'dmy', 'mdy', ...EPOCH_UNITS];

/** The names of formats, each with an example. */
export const TIME_FORMAT_NAMES: Readonly<Record<TimeFormat, string>> = {
  iso: 'Year first: 2026-12-31 23:59',
  dmy: 'Day first: 31.12.2026 23:59',
  mdy: 'Month first: 12/31/2026 11:59 PM',
  s: 'Seconds since 1970',
  ms: 'Milliseconds since 1970',
  us: 'Microseconds since 1970',
  ns: 'Nanoseconds since 1970',
};

const EPOCH = /^(\d{1,30})(?:[.,](\d{1,30}))?$/;
/** The digits behind the second of each unit. */
const DIGITS: Readonly<Record<EpochUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 };
/** Numbers below this, in milliseconds, are before 1990 and rather something else. */
const LEAST_LIKELY = Date.UTC(1990, 0, 1);
const MOST_LIKELY = Date.UTC(2100, 0, 1);

/** What the times of a column look like. */
export interface FoundFormat {
  readonly format: TimeFormat;
  /** Day and month could be either: no number is above twelve. A person has to say which. */
  readonly isAmbiguous: boolean;
  /** Every time names its offset, so that no time zone is needed. */
  readonly hasOffsets: boolean;
  /** Dates without a time of day. */
  readonly isDateAlone: boolean;
}

export function isEpoch(format: TimeFormat): format is EpochUnit {
  return Object.hasOwn(DIGITS, format);
}

/** A number since 1970 in milliseconds; finer digits are cut off. Undefined for what is none. */
export function epochMillis(text: string, unit: EpochUnit): number | undefined {
  const [match, whole = '', fraction = ''] = EPOCH.exec(text) ?? [];
  if (match === undefined) return undefined;
  const shift = 3 - DIGITS[unit];
  return Number(shift < 0 ? whole.slice(0, shift) || '0' : whole + fraction.slice(0, shift).padEnd(shift, '0'));
}

/** The format that most of these cells have; undefined where they are no times. Empty cells say nothing. */
export function timeFormatOf(cells: readonly string[]): FoundFormat | undefined {
  const texts = cells.map((cell) => cell.trim()).filter((text) => text !== '');
  if (texts.length === 0) return undefined;
  const numbers = texts.filter((text) => EPOCH.test(text));
  if (numbers.length > texts.length * 0.9) return epochFormatOf(numbers);
  const parts = texts.map(timeParts).filter((one) => one !== undefined);
  if (parts.length < texts.length * 0.9) return undefined;
  const common = {
    hasOffsets: parts.every(({ offset }) => offset !== undefined),
    isDateAlone: parts.every(({ hasTime }) => !hasTime),
  };
  const countOf = (order: DateOrder) => parts.filter(({ date }) => dayOf(date, order) !== undefined).length;
  if (countOf('iso') > parts.length / 2) return { format: 'iso', isAmbiguous: false, ...common };
  const [dmy, mdy] = [countOf('dmy'), countOf('mdy')];
  if (Math.max(dmy, mdy) <= parts.length / 2) return undefined;
  // Dots are written where the day is first.
  const isDotted = parts.every(({ mark }) => mark === '.');
  return { format: mdy > dmy ? 'mdy' : 'dmy', isAmbiguous: dmy === mdy && !isDotted, ...common };
}

function epochFormatOf(numbers: readonly string[]): FoundFormat | undefined {
  const sorted = numbers.map((text) => Number(text.replace(',', '.'))).sort((one, other) => one - other);
  const median = sorted[sorted.length >> 1] ?? 0;
  const format = median < 1e11 ? 's' : median < 1e14 ? 'ms' : median < 1e17 ? 'us' : 'ns';
  const millis = (median / 10 ** DIGITS[format]) * 1000;
  if (millis < LEAST_LIKELY || millis > MOST_LIKELY) return undefined;
  return { format, isAmbiguous: false, hasOffsets: true, isDateAlone: false };
}
