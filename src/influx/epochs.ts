import { timesIn } from '../query/zoned-times';
import { ApiError } from '../common/errors';
import { EPOCH_UNKNOWN } from './influx.errors';

const UNITS = ['ns', 'us', 'ms', 's', 'm', 'h'] as const;
/** A unit of times since 1970. */
export type Epoch = (typeof UNITS)[number];

/** Shows a time, in milliseconds since 1970, as JSON. */
export type ShowEpoch = (millis: number) => string;

const SHOWN: Readonly<Record<Epoch, ShowEpoch>> = {
  // Nanoseconds are beyond the integers that a number holds exactly.
  ns: (millis) => (millis === 0 ? '0' : `${millis}000000`),
  us: (millis) => (millis === 0 ? '0' : `${millis}000`),
  ms: String,
  s: (millis) => inUnits(millis, 1000),
  m: (millis) => inUnits(millis, 60_000),
  h: (millis) => inUnits(millis, 3_600_000),
};

const WORDS: Readonly<Record<string, Epoch>> = {
  ...Object.fromEntries(UNITS.map((unit) => [unit, unit])),
  ...{ n: 'ns', u: 'us', µ: 'us' },
};

/** The unit that a word names; undefined without one. @throws ApiError for another word, which InfluxDB takes for nanoseconds */
export function epochOf(word: string): Epoch | undefined {
  if (word === '') return undefined;
  const epoch = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (epoch === undefined) throw new ApiError(EPOCH_UNKNOWN);
  return epoch;
}

/**
 * How times are shown: in a unit since 1970, or as InfluxDB does in RFC 3339, without the zeros at the end of a fraction.
 *
 * @param zone of `tz()`
 */
export function shownIn(epoch: Epoch | undefined, zone = 'UTC'): ShowEpoch {
  if (epoch !== undefined) return SHOWN[epoch];
  const show = timesIn(zone);
  return (millis) =>
    `"${String(show(millis))
      .replace(/\.(\d*?)0+(?=Z|[+-])/, withoutZeros)
      .replace(/[+-]00:00$/, 'Z')}"`;
}

function withoutZeros(_fraction: string, digits: string): string {
  return digits === '' ? '' : `.${digits}`;
}

function inUnits(millis: number, unitMillis: number): string {
  // Adding zero turns -0 into 0.
  return String(Math.trunc(millis / unitMillis) + 0);
}
