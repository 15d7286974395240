import { InfluxQLError } from './influxql-error';

const NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  u: 1000n,
  µ: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const PART = /(\d+)(ns|ms|[uµsmhdw])/y;
const LONGEST = 2n ** 63n - 1n;

/** The length of a duration such as `1h30m`. @throws InfluxQLError for another text, and more than 292 years */
export function durationNanos(text: string): bigint {
  let nanos = 0n;
  let at = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part; part = PART.exec(text)) {
    const [whole, count = '', unit = ''] = part;
    if (count.length > 19) break;
    nanos += BigInt(count) * (NANOS[unit] ?? 0n);
    at += whole.length;
  }
  if (at < text.length || text === '') throw new InfluxQLError('error parsing query: invalid duration');
  if (nanos > LONGEST) throw new InfluxQLError('error parsing query: overflowed duration');
  return nanos;
}
