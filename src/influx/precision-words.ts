import { ApiError } from '../common/errors';
import type { LinePrecision } from '../ingest/line-protocol/line-times';
import { PRECISION_UNKNOWN } from './influx.errors';

const WORDS: Readonly<Record<string, LinePrecision>> = {
  n: 'ns',
  ns: 'ns',
  u: 'us',
  us: 'us',
  µ: 'us',
  µs: 'us',
  ms: 'ms',
  s: 's',
  m: 'm',
  h: 'h',
  nanosecond: 'ns',
  microsecond: 'us',
  millisecond: 'ms',
  second: 's',
  auto: 'auto',
};

/** @throws ApiError for a word that no version of InfluxDB has */
export function precisionOf(word: unknown, byDefault: LinePrecision): LinePrecision {
  if (word === undefined || word === '') return byDefault;
  const precision = typeof word === 'string' && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (precision === undefined)
    throw new ApiError(PRECISION_UNKNOWN, { words: { words: Object.keys(WORDS).join(', ') } });
  return precision;
}
