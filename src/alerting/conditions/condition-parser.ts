import type { Schema } from '../../sources/schema';
import type { Condition, ValueCondition } from './condition';
import { ComparisonReader } from './grammar/comparison-reader';
import { Cursor, phrasesOf } from './grammar/cursor';
import { MAX_SECONDS, readDuration } from './grammar/durations';
import { DURATIONS, JOINED } from './grammar/expectations';
import { FieldNames } from './grammar/field-names';
import { assemble, type Group, type Part, type WrittenDuration } from './grammar/grouping';
import { readNoData } from './grammar/no-data';
import { ParseErrors } from './grammar/parse-errors';
import { comparisonsOf } from './matching';
import { printSeconds } from './print';

const AND = phrasesOf('and', '&&', '&', ', and', 'while', 'and also', 'but', 'but also', ', but');
const OR = phrasesOf('or', '||', '|', ', or', 'or else');
const FOR = phrasesOf('for', ', for', 'during', 'lasting', 'longer than', 'for longer than');
/** Comparisons in one condition. Each is evaluated at every point that has its field. */
export const MAX_COMPARISONS = 10;
const MAX_NESTED_BRACKETS = 10;
const EXPECTED_DURATION = 'expected a duration, such as "5 minutes" or "1 hour"';

/**
 * Parses a condition in plain English, in any letter case: `temperature is greater than 30 °C for 5 minutes`. `and` binds
 * tighter than `or`; brackets group. docs/alerts.md is the reference.
 *
 * @throws ConditionError for text that does not parse, and for a field that the schema lacks
 */
export function parseCondition(text: string, schema: Schema): Condition {
  return new Parser(text, schema).parse();
}

/** A recursive descent parser: or, and, then a comparison or a group in brackets. */
class Parser {
  private readonly cursor: Cursor;
  private readonly errors: ParseErrors;
  private readonly reader: ComparisonReader;
  private comparisonCount = 0;
  private brackets = 0;

  constructor(text: string, schema: Schema) {
    const names = new FieldNames(schema);
    this.cursor = new Cursor(text);
    this.errors = new ParseErrors(this.cursor, names);
    this.reader = new ComparisonReader(this.cursor, names, this.errors);
  }

  parse(): Condition {
    const { cursor, errors, reader } = this;
    reader.skipFiller();
    const noData = cursor.attempt(() => readNoData(cursor));
    const end = cursor.index;
    cursor.index = 0;
    if (!noData) return this.parseValues();
    if (noData.seconds !== undefined && end === cursor.tokens.length) {
      // A field may be called `down`: then "down more than 5 m" compares it.
      const condition = this.tryValues();
      cursor.index = end;
      return (
        condition ?? { field: null, operator: 'no_data', value: this.checkNoData(noData.seconds, noData.durationAt) }
      );
    }
    if (reader.isComparisonNext()) return this.parseValues();
    cursor.index = end;
    if (noData.seconds !== undefined)
      throw errors.noData('expected the end: "no data" cannot be combined with other conditions', { words: [] });
    const expected = noData.hasPreposition
      ? EXPECTED_DURATION
      : 'expected "for" and a duration, such as "for 30 minutes"';
    const words = noData.hasPreposition ? DURATIONS : ['for 30 minutes'];
    throw errors.noData(expected, { words, at: noData.durationAt });
  }

  private tryValues(): ValueCondition | undefined {
    if (!this.reader.isComparisonNext()) return undefined;
    try {
      return this.parseValues();
    } catch {
      return undefined;
    }
  }

  private parseValues(): ValueCondition {
    const condition = this.parseOr();
    if (!this.cursor.isAtEnd) throw this.expectedEnd(condition);
    return condition;
  }

  private parseOr(): ValueCondition {
    const groups = [this.parseAnd()];
    while (OR.some((phrase) => this.cursor.accept(...phrase))) groups.push(this.parseAnd('or'));
    return assemble(groups, (at) =>
      this.errors.unexpected('expected "and", "or" or the end', { words: ['and', 'or'], at }),
    );
  }

  private parseAnd(conjunction?: 'or'): Group {
    const parts = [this.parsePart(conjunction)];
    while (AND.some((phrase) => this.cursor.accept(...phrase))) parts.push(this.parsePart('and'));
    return { parts };
  }

  private parsePart(conjunction?: 'and' | 'or'): Part {
    const { cursor, reader } = this;
    const { at } = cursor;
    if (cursor.token?.kind === 'open') return { condition: this.parseGroup(), duration: this.parseDuration() };
    const condition = reader.read(conjunction);
    this.countComparisons(condition, at);
    return { condition, duration: this.parseDuration() };
  }

  private parseGroup(): ValueCondition {
    const { cursor, errors } = this;
    if (++this.brackets > MAX_NESTED_BRACKETS)
      throw errors.unexpected(`expected at most ${MAX_NESTED_BRACKETS} nested brackets`, { words: [] });
    cursor.index += 1;
    const condition = this.parseOr();
    if (cursor.token?.kind !== 'close')
      throw errors.expectedOneOf([...JOINED, ')'], 'expected ")", "and", "or" or "for"');
    cursor.index += 1;
    this.brackets -= 1;
    return condition;
  }

  private countComparisons(condition: ValueCondition, at: number): void {
    this.comparisonCount += comparisonsOf(condition).length;
    if (this.comparisonCount > MAX_COMPARISONS) throw this.errors.tooMany(MAX_COMPARISONS, at);
  }

  private parseDuration(): WrittenDuration | undefined {
    const { cursor, errors } = this;
    const { at } = cursor;
    if (!FOR.some((phrase) => cursor.accept(...phrase))) return undefined;
    const durationAt = cursor.at;
    const seconds = readDuration(cursor);
    if (seconds === undefined) throw errors.notADuration(EXPECTED_DURATION);
    if (seconds < 1 || seconds > MAX_SECONDS) throw errors.durationRange(durationAt);
    const whole = this.checkWhole(seconds, durationAt);
    return { seconds: whole, at: errors.places.from(at) };
  }

  private checkNoData(seconds: number, at: number): number {
    if (seconds < 1 || seconds > MAX_SECONDS) throw this.errors.noDataRange(at);
    return this.checkWhole(seconds, at);
  }

  private checkWhole(seconds: number, at: number): number {
    if (Number.isInteger(seconds)) return seconds;
    const { errors } = this;
    const words = [printSeconds(Math.max(1, Math.floor(seconds)))];
    throw errors.unexpected('expected a duration in whole seconds, such as "90 seconds"', { words, at });
  }

  private expectedEnd(condition: ValueCondition): Error {
    const { cursor, errors } = this;
    const hasDuration = condition.durationSeconds !== undefined;
    if (cursor.token?.kind === 'close')
      return errors.unexpected('expected "(" before this ")"', { words: hasDuration ? ['and', 'or'] : JOINED });
    if (!hasDuration) return errors.expectedOneOf(JOINED, 'expected "and", "or", "for" or the end');
    const [expected, words] = ['expected "and", "or" or the end', ['and', 'or']];
    return cursor.isNext(['for']) ? errors.unexpected(expected, { words }) : errors.expectedOneOf(words, expected);
  }
}
