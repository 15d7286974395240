import type { Schema } from '../../sources/schema';
import type { Condition, ValueCondition } from './condition';
import { ComparisonReader } from './grammar/comparison-reader';
import { Cursor, phrasesOf } from './grammar/cursor';
import { MAX_SECONDS, readDuration } from './grammar/durations';
import { FieldNames } from './grammar/field-names';
import { assembled, type Group, type Part, type WrittenTime } from './grammar/grouping';
import { ParseErrors } from './grammar/parse-errors';
import { readNoData } from './grammar/no-data';
import { comparisonsOf } from './matching';

const AND = phrasesOf('and', '&&', '&', ', and', 'while', 'and also', 'but', 'but also', ', but');
const OR = phrasesOf('or', '||', '|', ', or', 'or else');
const FOR = phrasesOf('for', ', for', 'during', 'lasting', 'longer than', 'for longer than');
/** Comparisons in one condition: each is judged at every point that has its field. */
export const MAX_COMPARISONS = 10;
const MAX_BRACKETS = 10;
const A_TIME = 'expected a time, such as "5 minutes" or "1 hour"';

/**
 * Reads a condition in plain English, any case, such as `temperature is greater than 30 °C for 5 minutes`. `and` binds before
 * `or`; brackets group. docs/alerts.md lists what may be written.
 *
 * @throws ConditionError for what is not understood, and for a field that the schema lacks
 */
export function parseCondition(text: string, schema: Schema): Condition {
  return new Parser(text, schema).parse();
}

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
    const { cursor, reader } = this;
    reader.skipFiller();
    const noData = cursor.attempt(() => readNoData(cursor));
    const end = cursor.index;
    if (noData?.seconds !== undefined && cursor.isAtEnd) {
      cursor.index = 0;
      // A field may be called `down`: "down more than 5 m" is about it.
      return (
        this.valuesOrUndefined() ?? {
          field: null,
          operator: 'no_data',
          value: this.checked(noData.seconds, noData.timeAt, true),
        }
      );
    }
    cursor.index = 0;
    if (noData && !reader.isComparisonNext()) {
      cursor.index = end;
      if (noData.seconds !== undefined)
        throw this.errors.noData('expected the end: "no data" stands by itself', cursor.at);
      const expected = noData.isTimeNext ? A_TIME : 'expected "for" and a time, such as "for 30 minutes"';
      throw this.errors.noData(expected, noData.timeAt);
    }
    return this.values();
  }

  private valuesOrUndefined(): ValueCondition | undefined {
    if (!this.reader.isComparisonNext()) return undefined;
    try {
      return this.values();
    } catch {
      return undefined;
    }
  }

  private values(): ValueCondition {
    const condition = this.either();
    if (!this.cursor.isAtEnd) throw this.notTheEnd(condition);
    return condition;
  }

  private either(): ValueCondition {
    const groups = [this.all()];
    while (OR.some((phrase) => this.cursor.accept(...phrase))) groups.push(this.all('or'));
    return assembled(groups, (at) =>
      this.errors.notUnderstood('expected the end, "and" or "or"', this.errors.last, at),
    );
  }

  private all(conjunction?: 'or'): Group {
    const parts = [this.part(conjunction)];
    while (AND.some((phrase) => this.cursor.accept(...phrase))) parts.push(this.part('and'));
    return { parts };
  }

  private part(conjunction?: 'and' | 'or'): Part {
    const { cursor, reader } = this;
    const { at } = cursor;
    const isGroup = cursor.token?.kind === 'open';
    const condition = isGroup ? this.withBrackets() : reader.read(conjunction);
    // Brackets are counted by what is in them.
    if (!isGroup) this.count(condition, at);
    return { condition, time: this.time() };
  }

  private withBrackets(): ValueCondition {
    const { cursor, errors } = this;
    if (++this.brackets > MAX_BRACKETS)
      throw errors.notUnderstood(`expected at most ${MAX_BRACKETS} brackets within each other`);
    cursor.index += 1;
    const condition = this.either();
    if (cursor.token?.kind !== 'close')
      throw errors.expectedOneOf(['and', 'or', 'for'], 'expected ")", "and", "or" or "for"');
    cursor.index += 1;
    this.brackets -= 1;
    return condition;
  }

  private count(condition: ValueCondition, at: number): void {
    this.comparisonCount += comparisonsOf(condition).length;
    if (this.comparisonCount > MAX_COMPARISONS) throw this.errors.tooMany(MAX_COMPARISONS, at);
  }

  private time(): WrittenTime | undefined {
    const { cursor, errors } = this;
    const { at } = cursor;
    if (!FOR.some((phrase) => cursor.accept(...phrase))) return undefined;
    const timeAt = cursor.at;
    const seconds = readDuration(cursor);
    if (seconds !== undefined) return { seconds: this.checked(seconds, timeAt), at };
    throw errors.notATime(A_TIME);
  }

  private checked(seconds: number, at: number, isNoData = false): number {
    const { errors } = this;
    if (seconds < 1 || seconds > MAX_SECONDS) throw isNoData ? errors.noDataTime(at) : errors.time(at);
    if (!Number.isInteger(seconds))
      throw errors.notUnderstood('expected a time in whole seconds, such as "90 seconds"', errors.last, at);
    return seconds;
  }

  private notTheEnd(condition: ValueCondition): Error {
    const { cursor, errors } = this;
    if (cursor.token?.kind === 'close') return errors.notUnderstood('expected "(" before it');
    const isTimed = condition.durationSeconds !== undefined;
    const words = isTimed ? ['and', 'or'] : ['and', 'or', 'for'];
    const expected = `expected the end, ${isTimed ? '"and" or "or"' : '"and", "or" or "for"'}`;
    if (isTimed && cursor.isNext(['for'])) return errors.notUnderstood(expected);
    return errors.expectedOneOf(words, expected);
  }
}
