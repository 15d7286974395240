import type { Field, Schema } from '../data-sources/schema';
import type { Comparison, JointCondition, NoDataCondition, SimpleCondition, Condition } from './condition';
import {
  CONDITION_BOUNDS,
  CONDITION_NO_NUMBER,
  CONDITION_NOT_UNDERSTOOD,
  CONDITION_TIME,
  CONDITION_UNIT,
  ConditionError,
} from './condition.errors';

interface Token {
  readonly text: string;
  /** In lower case. */
  readonly word: string;
  readonly at: number;
}

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
};
const LONGEST_SECONDS = 30 * 86_400;
const KEYWORDS = new Set(['for', 'and', 'or']);
const LONGEST_UNIT_WORDS = 2;
/** Other ways to write a unit. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ percent: '%', 'degrees celsius': '°c', celsius: '°c', 'degrees fahrenheit': '°f', fahrenheit: '°f' },
  ...{ watts: 'w', watt: 'w', volts: 'v', volt: 'v', '°': '' },
};

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
    if (this.next < this.tokens.length) throw this.notUnderstood('expected the end, "and", "or" or "for"');
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
    const operator = (['and', 'or'] as const).find((word) => this.takes([word]));
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
    if (low > high) throw new ConditionError(CONDITION_BOUNDS, at, { low: String(low), high: String(high) });
    return { field: field.name, operator, value: [low, high] };
  }

  /** The field whose name, said in words, is the longest that stands here. */
  private field(): Field {
    const ways = this.schema.flatMap((field) => [
      { field, words: [field.name.toLowerCase()] },
      { field, words: wordsOf(field.name) },
    ]);
    // Sorting keeps a name that is written as it is before one that only sounds alike.
    const [said] = ways
      .filter(({ words }) => this.stands(words))
      .sort((one, other) => other.words.length - one.words.length);
    const field = said?.field;
    if (!field) throw this.unknownField();
    if (field.type !== 'number')
      throw new ConditionError(CONDITION_NO_NUMBER, this.position(), { field: field.name, example: this.example() });
    this.next += said?.words.length ?? 0;
    return field;
  }

  private number(field: Field): number {
    const token = this.tokens[this.next];
    const value = token && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(token.word) ? Number(token.word) : NaN;
    if (!Number.isFinite(value)) throw this.notUnderstood('expected a number');
    this.next += 1;
    this.unit(field);
    return value + 0;
  }

  /** Whatever follows a number, up to the next keyword, must be the unit of the field, if that has one. */
  private unit({ name, unit }: Field): void {
    const start = this.next;
    const words: string[] = [];
    while (words.length < LONGEST_UNIT_WORDS) {
      const word = this.tokens[this.next]?.word;
      if (word === undefined || KEYWORDS.has(word) || !/^[\p{L}°%µ²³/·*^\d-]{1,20}$/u.test(word)) break;
      words.push(word);
      this.next += 1;
    }
    if (words.length === 0 || unit === undefined) return;
    const [said, real] = [words.join(' '), unit.toLowerCase()].map((text) =>
      Object.hasOwn(UNITS, text) ? UNITS[text] : text,
    );
    if (said !== '' && said !== real)
      throw new ConditionError(CONDITION_UNIT, this.tokens[start]?.at ?? 0, {
        field: name,
        unit,
        said: words.join(' '),
      });
  }

  private withDuration<T extends SimpleCondition | JointCondition>(condition: T): T {
    const durationSeconds = this.duration();
    return durationSeconds === undefined ? condition : { ...condition, durationSeconds };
  }

  private duration(): number | undefined {
    if (!this.takes(['for'])) return undefined;
    const at = this.position();
    const [, joined = '', letter] = /^(\d+)([a-z]*)$/.exec(this.tokens[this.next]?.word ?? '') ?? [];
    const count = joined === '' ? (this.takes(['a']) || this.takes(['an']) ? 1 : NaN) : Number(joined);
    if (joined !== '') this.next += 1;
    const unit = letter || this.tokens[this.next]?.word || '';
    const seconds = count * (Object.hasOwn(SECONDS, unit) ? (SECONDS[unit] ?? NaN) : NaN);
    if (Number.isNaN(seconds)) throw this.notUnderstood('expected a time, such as "5 minutes" or "1 hour"');
    if (!letter) this.next += 1;
    if (seconds < 1 || seconds > LONGEST_SECONDS) throw new ConditionError(CONDITION_TIME, at);
    return seconds;
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
    const rest = this.text.slice(this.position()).trim();
    const where = rest === '' ? 'at its end' : `at "${rest.slice(0, 60)}"`;
    return new ConditionError(CONDITION_NOT_UNDERSTOOD, this.position(), { where, expected, example: this.example() });
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

/** `cpu_usage` and `cpu.usage` are both said "cpu usage". */
function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[_.-]+/)
    .filter(Boolean);
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[<>=!]+|[^\s<>=!,]+/g)].flatMap(({ 0: part, index }) => splitUnit(part, index));
}

/** `30°C` and `80%` are a number and its unit; `5m` after "for" is read as a whole. */
function splitUnit(text: string, at: number): Token[] {
  const [, number = '', unit = ''] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([°%µ].*)$/i.exec(text) ?? [];
  if (number === '') return [{ text, word: text.toLowerCase(), at }];
  return [
    { text: number, word: number.toLowerCase(), at },
    { text: unit, word: unit.toLowerCase(), at: at + number.length },
  ];
}
