import type { Field, Schema } from '../data-sources/schema';
import type { Comparison, JointCondition, NoDataCondition, SimpleCondition, Condition } from './condition';
import { NUMBER, tokensOf, touch, type Token } from './condition-tokens';
import { readUnit } from './condition-units';
import {
  CONDITION_BOUNDS,
  CONDITION_NO_NUMBER,
  CONDITION_NOT_UNDERSTOOD,
  CONDITION_TIME,
  CONDITION_UNIT,
  ConditionError,
} from './condition.errors';

/** The longest first, since some begin with others. */
const OPERATORS: readonly (readonly [Comparison | 'between', readonly string[]])[] = (
  [
    ['gte', 'is greater than or equal to', 'is at least', '>='],
    ['lte', 'is less than or equal to', 'is at most', '<='],
    [
      'gt',
      'is greater than',
      'is more than',
      'is higher than',
      'is above',
      'is over',
      'goes above',
      'rises above',
      'exceeds',
      '>',
    ],
    ['lt', 'is less than', 'is lower than', 'is below', 'is under', 'goes below', 'drops below', 'falls below', '<'],
    ['between', 'is between'],
    ['ne', 'is not equal to', 'does not equal', 'is not', '!=', '<>'],
    ['eq', 'is equal to', 'equals', 'is', '==', '='],
  ] as const
)
  .flatMap(([operator, ...phrases]) => phrases.map((phrase) => [operator, phrase.split(' ')] as const))
  .sort(([, one], [, other]) => other.length - one.length);
const NO_DATA = ['no data received', 'no data', 'no readings', 'missing data'].map((phrase) => phrase.split(' '));
const SECONDS: Readonly<Record<string, number>> = {
  ...{ s: 1, sec: 1, secs: 1, second: 1, seconds: 1, m: 60, min: 60, mins: 60, minute: 60, minutes: 60 },
  ...{ h: 3600, hr: 3600, hrs: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400 },
  ...{ w: 604_800, week: 604_800, weeks: 604_800 },
};
const LONGEST_SECONDS = 30 * 86_400;
const MOST_UNIT_TOKENS = 8;
const A_TIME = 'expected a time, such as "5 minutes" or "1 hour"';
/**
 * Reads a condition in plain English, any case, such as `temperature is greater than 30 °C for 5 minutes`.
 *
 * @throws ConditionError for what is not understood, and for a field that the schema lacks or that is no number
 */
export function parseCondition(text: string, schema: Schema): Condition {
  return new Parser(text, schema).parse();
}

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(
    private readonly text: string,
    private readonly schema: Schema,
  ) {
    this.tokens = tokensOf(text);
  }

  parse(): Condition {
    const condition = this.noData() ?? this.joint();
    if (this.next < this.tokens.length) throw this.notUnderstood(`expected the end${whatElse(condition)}`);
    return condition;
  }

  private noData(): NoDataCondition | undefined {
    if (!NO_DATA.some((phrase) => this.takes(phrase))) return undefined;
    const seconds = this.duration();
    if (seconds === undefined) throw this.notUnderstood('expected "for" and a time, such as "for 30 minutes"');
    return { field: null, operator: 'no_data', value: seconds };
  }

  private joint(): SimpleCondition | JointCondition {
    const first = this.withDuration(this.simple());
    const operator = (['and', 'or'] as const).find((word) => this.takesWord(word));
    if (!operator) return first;
    const second = this.simple();
    // Said at the end, it is of both, unless the first has one of its own.
    if (first.durationSeconds !== undefined) return { operator, conditions: [first, this.withDuration(second)] };
    return this.withDuration({ operator, conditions: [first, second] });
  }

  private simple(): SimpleCondition {
    const field = this.field();
    const operator = OPERATORS.find(([, phrase]) => this.takes(phrase))?.[0];
    if (!operator) throw this.notUnderstood('expected a comparison, such as "is greater than 30"');
    if (operator !== 'between') return { field: field.name, operator, value: this.number(field) };
    const low = this.number(field);
    if (!this.takes(['and'])) throw this.notUnderstood('expected "and" and the upper bound');
    const at = this.position();
    const high = this.number(field);
    if (low > high) {
      const example = `${field.name} is between ${high} and ${low}`;
      throw new ConditionError(CONDITION_BOUNDS, at, { low: String(low), high: String(high), example });
    }
    return { field: field.name, operator, value: [low, high] };
  }

  /** The field whose name, as it is or said in words, is the longest that stands here. */
  private field(): Field {
    const ways = this.schema.flatMap((field) => waysToSay(field.name).map((words) => ({ field, words })));
    const said = ways.filter(({ words }) => this.stands(words));
    const most = Math.max(...said.map(({ words }) => words.length));
    const longest = new Set(said.filter(({ words }) => words.length === most).map(({ field }) => field));
    // A name that is written as it is goes before those that only sound alike.
    const exact = this.schema.find(({ name }) => name === this.tokens[this.next]?.text);
    const field = exact && most === 1 ? exact : [...longest][0];
    if (!field) throw this.unknownField();
    if (field !== exact && longest.size > 1) {
      const names = [...longest].map(({ name }) => name).join(' or ');
      throw this.notUnderstood(`expected the name itself, ${names}`);
    }
    if (field.type !== 'number')
      throw new ConditionError(CONDITION_NO_NUMBER, this.position(), { field: field.name, example: this.example() });
    this.next += most;
    return field;
  }

  private number(field: Field): number {
    const token = this.tokens[this.next];
    const value = token && NUMBER.test(token.word) ? Number(token.word) : NaN;
    if (!token || !Number.isFinite(value)) throw this.notUnderstood('expected a number');
    const [comma, behind] = this.tokens.slice(this.next + 1);
    // Whether 1,500 is a thousand and a half or one and a half is not for us to guess.
    if (comma?.text === ',' && touch(token, comma) && touch(comma, behind))
      throw this.notUnderstood('expected a number without commas, such as 1000 or 1.5');
    this.next += 1;
    this.unit(field);
    return value + 0;
  }

  private unit({ name, unit }: Field): void {
    const here = this.tokens.slice(this.next, this.next + MOST_UNIT_TOKENS);
    const said = readUnit(here, unit);
    if (!said) return;
    if (!said.isRight) {
      const text = here.slice(0, said.length).map((token) => token.text);
      throw new ConditionError(CONDITION_UNIT, this.position(), {
        field: name,
        unit: unit ?? '',
        said: text.join(' '),
        example: `${name} is greater than 30 ${unit ?? ''}`,
      });
    }
    this.next += said.length;
  }

  private withDuration<T extends SimpleCondition | JointCondition>(condition: T): T {
    const durationSeconds = this.duration();
    return durationSeconds === undefined ? condition : { ...condition, durationSeconds };
  }

  private duration(): number | undefined {
    if (!this.takesWord('for')) return undefined;
    const at = this.position();
    const count = this.takes(['a']) || this.takes(['an']) ? 1 : Number(this.tokens[this.next]?.word);
    if (Number.isNaN(count)) throw this.notUnderstood(A_TIME);
    if (this.position() === at) this.next += 1;
    const unit = this.tokens[this.next]?.word ?? '';
    const seconds = count * (Object.hasOwn(SECONDS, unit) ? (SECONDS[unit] ?? NaN) : NaN);
    if (!Number.isInteger(seconds)) throw this.notUnderstood(A_TIME);
    this.next += 1;
    if (seconds < 1 || seconds > LONGEST_SECONDS) {
      const example = `${this.text.slice(0, at).trimEnd()} 5 minutes`;
      throw new ConditionError(CONDITION_TIME, at, { example });
    }
    return seconds;
  }

  /** A word that goes on with the sentence, behind a comma or not. */
  private takesWord(word: string): boolean {
    return this.takes([word]) || this.takes([',', word]);
  }

  private takes(phrase: readonly string[]): boolean {
    if (!this.stands(phrase)) return false;
    this.next += phrase.length;
    return true;
  }

  private stands(phrase: readonly string[]): boolean {
    return phrase.length > 0 && phrase.every((word, index) => this.tokens[this.next + index]?.word === word);
  }

  private position(): number {
    return this.tokens[this.next]?.at ?? this.text.length;
  }

  private notUnderstood(expected: string): ConditionError {
    const at = this.position();
    const rest = this.text.slice(at).trim();
    const where = rest === '' ? 'at its end' : `at "${rest.slice(0, 60)}"`;
    return new ConditionError(CONDITION_NOT_UNDERSTOOD, at, { where, expected, example: this.example() });
  }

  private unknownField(): ConditionError {
    if (this.position() === this.text.length) return this.notUnderstood('expected a field');
    const names = this.schema.map(({ name }) => name).join(', ');
    return this.notUnderstood(`expected one of the fields ${names}`);
  }

  private example(): string {
    const field = this.schema.find(({ type }) => type === 'number')?.name;
    return field === undefined ? 'no data for 30 minutes' : `${field} is greater than 30`;
  }
}

/** What might have followed besides the end. */
function whatElse(condition: Condition): string {
  if (condition.operator === 'no_data') return ': "no data" stands by itself';
  if ('conditions' in condition) return ': two conditions are the most that can be joined';
  return condition.durationSeconds === undefined ? ', "and", "or" or "for"' : ', "and" or "or"';
}

/** A name as it is, and in words: `cpu_usage`, `cpu.usage` and `cpuUsage` are all said "cpu usage". */
function waysToSay(name: string): string[][] {
  const humps = name.replace(/([a-z\d])([A-Z])/g, '$1 $2');
  const inWords = [name, humps].map((text) => tokensOf(text.replace(/[_.-]+/g, ' ')).map(({ word }) => word));
  return [[name.toLowerCase()], ...inWords];
}
