import { RE2JS } from 're2js';
import { InfluxQLError } from './influxql-error';

export const LONGEST_PATTERN = 16_384;
/** The length of a pattern after its repetitions such as `{3}` are expanded, which determines the time to compile it. */
const MOST_EXPANDED = 100_000;

/** A regular expression in the syntax of RE2, which takes linear time on any text: a client's pattern cannot block the server. */
export class SafeRegex {
  private readonly compiled: RE2JS;

  /**
   * @param place where it is written, for errors
   * @throws InfluxQLError for a pattern that is invalid or too large
   */
  constructor(
    readonly source: string,
    place?: string,
  ) {
    if (source.length > LONGEST_PATTERN || source.length * repetitionsIn(source) > MOST_EXPANDED)
      throw new InfluxQLError('error parsing query: the regular expression is too large');
    try {
      this.compiled = RE2JS.compile(source);
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : 'invalid pattern';
      throw new InfluxQLError(`error parsing query: ${said}${place === undefined ? '' : ` at ${place}`}`);
    }
  }

  /** Whether the pattern matches somewhere in the text. */
  test(text: string): boolean {
    return this.compiled.test(text);
  }
}

/** The sum of the highest counts of all repetitions, at least 1. */
function repetitionsIn(source: string): number {
  let sum = 0;
  for (const [, low = '', high = ''] of source.matchAll(/\{(\d{1,9})(?:,(\d{0,9}))?\}/g)) sum += Number(high || low);
  return Math.max(1, sum);
}
