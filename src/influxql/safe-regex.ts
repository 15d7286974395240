import { RE2JS } from 're2js';
import type { YieldTurn } from '../common/http/yield';
import { inTurns } from './in-turns';
import { InfluxQLError } from './influxql-error';

/** A list of texts such as `^(a|b)$`, which is how Grafana writes the values that are chosen in a dashboard. */
export const LONGEST_LIST = 16_384;
/** Other patterns take up to 40 ms to compile at this length. */
export const LONGEST_PATTERN = 1024;
/** Characters of all patterns of a request, lists not counted. */
export const LONGEST_PATTERNS = 2048;
/** Instructions of all compiled patterns of a request. */
export const MOST_INSTRUCTIONS = 2000;
/** The length of a pattern after its repetitions such as `{3}` are expanded, which determines the time to compile it. */
const MOST_EXPANDED = 20_000;
/** Instructions of all patterns of a request × characters of a text: matching takes up to 50 ns for each. */
export const MOST_STEPS = 250_000;

const LIST = /^\^\((?:\?:)?((?:[^\\^$.*+?()[\]{}|]|\\[ -/:-@[-`{-~]|\|)*)\)\$$/;
const TOO_LARGE = 'error parsing query: the regular expression is too large';

/** What the regular expressions of a request add up to: one text may be matched by all of them in one piece of work. */
export class PatternTotals {
  private characters = 0;
  private instructions = 0;

  /** @throws InfluxQLError if the patterns are too large together */
  add(source: string, compiled: RE2JS): void {
    this.characters += source.length;
    this.instructions += compiled.programSize();
    if (this.characters > LONGEST_PATTERNS || this.instructions > MOST_INSTRUCTIONS)
      throw new InfluxQLError('error parsing query: the regular expressions are too large together');
  }

  /** @throws InfluxQLError if matching a text could take long */
  checkText({ length }: string): void {
    if (this.instructions * length > MOST_STEPS)
      throw new InfluxQLError(`the regular expressions are too large for a text of ${length} characters`);
  }
}

/**
 * A regular expression in the syntax of RE2, which takes linear time on any text. Patterns and texts have limits as well, so that
 * matching a text takes about 10 ms at most, and the first match of a pattern up to 50 ms.
 */
export class SafeRegex {
  private readonly texts: ReadonlySet<string> | undefined;
  private readonly compiled: RE2JS | undefined;
  private readonly known = new Map<string, boolean>();

  /**
   * @param place where it is written, for errors
   * @throws InfluxQLError for a pattern that is invalid or too large
   */
  constructor(
    readonly source: string,
    private readonly totals: PatternTotals,
    place?: string,
  ) {
    if (source.length > LONGEST_LIST) throw new InfluxQLError(TOO_LARGE);
    this.texts = listedIn(source);
    if (this.texts) return;
    this.compiled = compile(source, place);
    totals.add(source, this.compiled);
  }

  /**
   * Whether the pattern matches somewhere in the text.
   *
   * @throws InfluxQLError if that could take long
   */
  test(text: string): boolean {
    if (!this.compiled) return this.texts?.has(text) === true;
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.totals.checkText(text);
    return this.compiled.test(text);
  }

  /** Matches names in advance, for code that looks at all of them without yielding. */
  async learn(names: Iterable<string>, yieldTurn: YieldTurn): Promise<void> {
    for await (const name of inTurns(names, yieldTurn)) this.known.set(name, this.test(name));
  }
}

/** The texts of a pattern that matches only whole texts of a list. */
function listedIn(source: string): ReadonlySet<string> | undefined {
  const listed = LIST.exec(source)?.[1];
  if (listed === undefined) return undefined;
  const texts = [''];
  for (const [part, escaped] of listed.matchAll(/\\(.)|[^]/gsu))
    if (part === '|') texts.push('');
    else texts.push((texts.pop() ?? '') + (escaped ?? part));
  return new Set(texts);
}

function compile(source: string, place: string | undefined): RE2JS {
  if (source.length > LONGEST_PATTERN || source.length * repetitionsIn(source) > MOST_EXPANDED)
    throw new InfluxQLError(TOO_LARGE);
  try {
    return RE2JS.compile(source);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : 'invalid pattern';
    throw new InfluxQLError(`error parsing query: ${said}${place === undefined ? '' : ` at ${place}`}`);
  }
}

/** The sum of the highest counts of all repetitions, at least 1. */
function repetitionsIn(source: string): number {
  let sum = 0;
  for (const [, low = '', high = ''] of source.matchAll(/\{(\d{1,9})(?:,(\d{0,9}))?\}/g)) sum += Number(high || low);
  return Math.max(1, sum);
}
