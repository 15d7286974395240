import type { Schema } from '../../sources/schema';
import type { Condition, ValueCondition } from './condition';
import { ComparisonReader } from './grammar/comparison-reader';
import { Cursor, phrasesOf } from './grammar/cursor';
import { LONGEST_SECONDS, readDuration } from './grammar/durations';
import { FieldNames } from './grammar/field-names';
import { assembled, type Group, type Part, type WrittenTime } from './grammar/grouping';
import { Refusals } from './grammar/refusals';
import { readSilence } from './grammar/silence';
import { sidesOf } from './sides';

const AND = phrasesOf('and', '&&', '&', ', and', 'while', 'and also', 'but', 'but also', ', but');
const OR = phrasesOf('or', '||', '|', ', or', 'or else');
const FOR = phrasesOf('for', ', for', 'during', 'lasting', 'longer than', 'for longer than');
/** Comparisons in one condition: each is judged at every point that has its field. */
export const MOST_SIDES = 10;
const MOST_BRACKETS = 10;
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
  private readonly refusals: Refusals;
  private readonly comparisons: ComparisonReader;
  private sides = 0;
  private brackets = 0;

  constructor(text: string, schema: Schema) {
    const names = new FieldNames(schema);
    this.cursor = new Cursor(text);
    this.refusals = new Refusals(this.cursor, names);
    this.comparisons = new ComparisonReader(this.cursor, names, this.refusals);
  }

  parse(): Condition {
    const { cursor, comparisons } = this;
    comparisons.skipLead();
    const silence = cursor.attempt(() => readSilence(cursor));
    const end = cursor.index;
    if (silence?.seconds !== undefined && cursor.isAtEnd) {
      cursor.index = 0;
      // A field may be called `down`: "down more than 5 m" is about it.
      return (
        this.valuesOrUndefined() ?? {
          field: null,
          operator: 'no_data',
          value: this.checked(silence.seconds, silence.timeAt, true),
        }
      );
    }
    cursor.index = 0;
    if (silence && !comparisons.standsComparison()) {
      cursor.index = end;
      if (silence.seconds !== undefined)
        throw this.refusals.silence('expected the end: "no data" stands by itself', cursor.at);
      const expected = silence.isTimeNext ? A_TIME : 'expected "for" and a time, such as "for 30 minutes"';
      throw this.refusals.silence(expected, silence.timeAt);
    }
    return this.values();
  }

  private valuesOrUndefined(): ValueCondition | undefined {
    if (!this.comparisons.standsComparison()) return undefined;
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
    while (OR.some((phrase) => this.cursor.takes(...phrase))) groups.push(this.all('or'));
    return assembled(groups, (at) =>
      this.refusals.notUnderstood('expected the end, "and" or "or"', this.refusals.last, at),
    );
  }

  private all(joint?: 'or'): Group {
    const parts = [this.part(joint)];
    while (AND.some((phrase) => this.cursor.takes(...phrase))) parts.push(this.part('and'));
    return { parts };
  }

  private part(joint?: 'and' | 'or'): Part {
    const { cursor, comparisons } = this;
    const { at } = cursor;
    const isGroup = cursor.token?.kind === 'open';
    const condition = isGroup ? this.inBrackets() : comparisons.read(joint);
    // Brackets are counted by what is in them.
    if (!isGroup) this.count(condition, at);
    return { condition, time: this.time() };
  }

  private inBrackets(): ValueCondition {
    const { cursor, refusals } = this;
    if (++this.brackets > MOST_BRACKETS)
      throw refusals.notUnderstood(`expected at most ${MOST_BRACKETS} brackets within each other`);
    cursor.index += 1;
    const condition = this.either();
    if (cursor.token?.kind !== 'close')
      throw refusals.expectedOneOf(['and', 'or', 'for'], 'expected ")", "and", "or" or "for"');
    cursor.index += 1;
    this.brackets -= 1;
    return condition;
  }

  private count(condition: ValueCondition, at: number): void {
    this.sides += sidesOf(condition).length;
    if (this.sides > MOST_SIDES) throw this.refusals.tooMany(MOST_SIDES, at);
  }

  private time(): WrittenTime | undefined {
    const { cursor, refusals } = this;
    const { at } = cursor;
    if (!FOR.some((phrase) => cursor.takes(...phrase))) return undefined;
    const timeAt = cursor.at;
    const seconds = readDuration(cursor);
    if (seconds !== undefined) return { seconds: this.checked(seconds, timeAt), at };
    throw refusals.notATime(A_TIME);
  }

  private checked(seconds: number, at: number, isSilence = false): number {
    const { refusals } = this;
    if (seconds < 1 || seconds > LONGEST_SECONDS) throw isSilence ? refusals.timeOfSilence(at) : refusals.time(at);
    if (!Number.isInteger(seconds))
      throw refusals.notUnderstood('expected a time in whole seconds, such as "90 seconds"', refusals.last, at);
    return seconds;
  }

  private notTheEnd(condition: ValueCondition): Error {
    const { cursor, refusals } = this;
    if (cursor.token?.kind === 'close') return refusals.notUnderstood('expected "(" before it');
    const isTimed = condition.durationSeconds !== undefined;
    const words = isTimed ? ['and', 'or'] : ['and', 'or', 'for'];
    const expected = `expected the end, ${isTimed ? '"and" or "or"' : '"and", "or" or "for"'}`;
    if (isTimed && cursor.stands(['for'])) return refusals.notUnderstood(expected);
    return refusals.expectedOneOf(words, expected);
  }
}
