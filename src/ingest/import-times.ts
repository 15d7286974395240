import { sentenceOf } from '../common/errors';
import { optionOf, type Note, type Reading } from './import-file';
import { TIMESTAMP_SECONDS, TIMESTAMP_TOO_SMALL } from './ingest.errors';
import { readTimestamp, unitOf, type Precision, type TimeUnit } from './point-time';

const DIGITS = /^\d{1,30}(?:\.\d{1,30})?$/;
const NAMES: Readonly<Record<Precision, string>> = {
  ...{ s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' },
};

/** Reads the times of a file. All numeric times have the same unit: the one given, or the one detected from the first records. */
export class ImportTimes {
  private unit: TimeUnit;

  constructor(private readonly reading: Pick<Reading, 'precision' | 'isRequest'>) {
    const { precision: given } = reading;
    // An explicit unit accepts all numbers.
    this.unit = given === undefined ? unitOf() : { precision: given, leastMillis: 0 };
  }

  /** Detects the unit from the first times, if it is not given. */
  guess(times: readonly unknown[], note: Note): void {
    if (this.reading.precision !== undefined) return;
    const numbers = times.map(numberOf).filter((time) => time !== undefined);
    if (numbers.length === 0) return;
    const median = numbers.sort((one, other) => one - other)[numbers.length >> 1] ?? 0;
    const precision = median < 1e11 ? 's' : median < 1e14 ? 'ms' : median < 1e17 ? 'us' : 'ns';
    this.unit = unitOf(precision);
    note(
      `Times are read as ${NAMES[precision]} since 1970, as the first records suggest. ${this.option} sets another unit.`,
    );
  }

  private get option(): string {
    return optionOf(this.reading, 'precision');
  }

  /** Converts a numeric time to milliseconds since 1970, or returns its problem. Returns other times as they are. */
  read(time: unknown): { readonly timestamp: unknown } | { readonly problem: string } {
    if (numberOf(time) === undefined) return { timestamp: time };
    const read = readTimestamp(typeof time === 'string' ? time.trim() : time, this.unit);
    if (typeof read === 'number') return { timestamp: read };
    const isOtherUnit = read === TIMESTAMP_SECONDS || read === TIMESTAMP_TOO_SMALL;
    const otherUnit = `The time is too small for ${NAMES[this.unit.precision]}. ${this.option} sets another unit`;
    return { problem: isOtherUnit ? otherUnit : sentenceOf(read) };
  }
}

function numberOf(time: unknown): number | undefined {
  if (typeof time === 'number' || typeof time === 'bigint') return Number(time);
  return typeof time === 'string' && DIGITS.test(time.trim()) ? Number(time) : undefined;
}
