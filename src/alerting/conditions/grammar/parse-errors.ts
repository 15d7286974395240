import type { Field } from '../../../sources/schema';
import {
  CONDITION_BOUNDS,
  CONDITION_NO_UNIT,
  CONDITION_NOT_UNDERSTOOD,
  CONDITION_SIDES,
  CONDITION_STATE,
  CONDITION_TIME,
  CONDITION_UNIT,
  ConditionError,
} from '../condition.errors';
import { printSeconds, printValue } from '../print';
import { CANONICAL, type Relation } from './comparisons';
import type { Cursor } from './cursor';
import { MAX_SECONDS, SECONDS } from './durations';
import type { FieldNames } from './field-names';
import { nearestOf } from './nearest';
import { isPlainText } from './states';
import { Suggestions, type Draft } from './suggestions';

const TIME_UNITS = Object.keys(SECONDS).filter((unit) => unit.length > 2);
const MAX_FIELDS_LISTED = 5;
const MAX_EXCERPT = 60;
const DEFAULT_NUMBER = '30';
const NO_DATA_EXAMPLE = 'no data for 30 minutes';

/** Makes the refusals of one condition: each names the place and ends with an example of the writer's own field and number. */
export class ParseErrors {
  /** What was read last: the example of a refusal further on. */
  last: Draft = {};
  readonly suggestions: Suggestions;

  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
  ) {
    this.suggestions = new Suggestions(cursor, names);
  }

  notUnderstood(expected: string, draft: Draft = this.last, at = this.cursor.at): ConditionError {
    const example = this.example(draft);
    return new ConditionError(CONDITION_NOT_UNDERSTOOD, at, { where: this.where(at), expected, example });
  }

  noData(expected: string, at: number, example = NO_DATA_EXAMPLE): ConditionError {
    return new ConditionError(CONDITION_NOT_UNDERSTOOD, at, { where: this.where(at), expected, example });
  }

  /** For a place where one of some words should stand: names the nearest to what does. */
  expectedOneOf(words: readonly string[], expected: string, draft: Draft = this.last): ConditionError {
    const [nearest] = nearestOf(this.cursor.token?.word ?? '', words, (word) => word);
    return this.notUnderstood(withNearest(expected, nearest), draft);
  }

  /** For what stands behind "for" and is no time. The example keeps its number, and the unit that is nearest. */
  notATime(expected: string): ConditionError {
    const { cursor } = this;
    const count = cursor.token?.kind === 'number' ? Number(cursor.token.text) : undefined;
    if (count !== undefined) cursor.index += 1;
    const [unit] = nearestOf(cursor.token?.word ?? '', TIME_UNITS, (one) => one);
    const seconds = (count ?? 5) * (SECONDS[unit ?? 'minutes'] ?? 60);
    const isTime = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS;
    const example = `${this.example(this.last)} for ${isTime ? printSeconds(seconds) : '5 minutes'}`;
    const words = { where: this.where(cursor.at), expected: withNearest(expected, unit), example };
    return new ConditionError(CONDITION_NOT_UNDERSTOOD, cursor.at, words);
  }

  comparison(draft: Draft): ConditionError {
    const nearest = this.suggestions.nearestRelation();
    const expected = withNearest(`expected a comparison, such as "${CANONICAL.gt}"`, nearest?.words.join(' '));
    if (!nearest) return this.notUnderstood(this.ofStates(draft) ?? expected, draft);
    return this.notUnderstood(expected, { ...draft, ...(nearest.relation && { relation: nearest.relation }) });
  }

  /** For a place where a field should stand: the nearest one, and five at most. */
  unknownField(): ConditionError {
    const { cursor, names } = this;
    const { schema } = names;
    if (cursor.isAtEnd) return this.notUnderstood('expected a field');
    const near = this.suggestions.nearestFields();
    const rest = schema.filter((field) => !near.includes(field));
    const shown = [...near, ...rest].slice(0, MAX_FIELDS_LISTED).map(({ name }) => name);
    const others = schema.length - shown.length;
    const list = shown.join(', ') + (others > 0 ? ` or ${others} more` : '');
    const expected =
      schema.length === 0
        ? 'expected "no data", since the data source has no fields'
        : `expected one of the fields ${list}`;
    const seconds = this.suggestions.likelyNoData();
    if (seconds !== undefined)
      return this.noData(withNearest(expected, 'no data'), cursor.at, `no data for ${printSeconds(seconds)}`);
    const [field] = near;
    return this.notUnderstood(withNearest(expected, field?.name), {
      ...this.suggestions.draftAhead(),
      ...(field && { field }),
    });
  }

  ambiguousField(fields: readonly Field[]): ConditionError {
    const all = fields.slice(0, MAX_FIELDS_LISTED).map(({ name }) => name);
    const more = fields.length > all.length ? ` or ${fields.length - all.length} more` : '';
    const [field] = fields;
    const draft = { ...this.suggestions.draftAhead(), ...(field && { field }) };
    return this.notUnderstood(`expected the name itself, ${all.join(' or ')}${more}`, draft);
  }

  /** Whether another comparison of a text is meant that lacks its field: "is not open or closed". */
  textAgain(field: Field, value: string): ConditionError {
    return this.notUnderstood('expected a field: each comparison with "is not" is written in full', {
      field,
      relation: 'ne',
      value,
    });
  }

  state(field: Field, at: number): ConditionError {
    const type = field.type === 'boolean' ? 'boolean' : 'text';
    return new ConditionError(CONDITION_STATE, at, { field: field.name, type, example: this.example({ field }) });
  }

  bounds(field: Field, relation: Relation, [low, high]: readonly [number, number], at: number): ConditionError {
    const example = `${field.name} ${CANONICAL[relation]} ${high} and ${low}`;
    return new ConditionError(CONDITION_BOUNDS, at, { low: String(low), high: String(high), example });
  }

  unit(field: Field, said: string, at: number, draft: Draft): ConditionError {
    const example = `${this.example({ ...draft, field })} ${field.unit ?? ''}`;
    return new ConditionError(CONDITION_UNIT, at, { field: field.name, unit: field.unit ?? '', said, example });
  }

  noUnit(field: Field, said: string, at: number, draft: Draft): ConditionError {
    return new ConditionError(CONDITION_NO_UNIT, at, {
      field: field.name,
      said,
      example: this.example({ ...draft, field }),
    });
  }

  time(at: number): ConditionError {
    return new ConditionError(CONDITION_TIME, at, { example: `${this.example(this.last)} for 5 minutes` });
  }

  noDataTime(at: number): ConditionError {
    return new ConditionError(CONDITION_TIME, at, { example: NO_DATA_EXAMPLE });
  }

  tooMany(most: number, at: number): ConditionError {
    return new ConditionError(CONDITION_SIDES, at, { sides: String(most), example: this.example(this.last) });
  }

  private where(at: number): string {
    const rest = this.cursor.text.slice(at).trim();
    return rest === '' ? 'at its end' : `at "${[...rest.slice(0, 2 * MAX_EXCERPT)].slice(0, MAX_EXCERPT).join('')}"`;
  }

  private example({ field = this.likelyField(), relation, value }: Draft): string {
    if (!field) return NO_DATA_EXAMPLE;
    const { name, type } = field;
    if (type !== 'number') {
      const isOwn = typeof value === (type === 'boolean' ? 'boolean' : 'string');
      const own = isOwn && typeof value !== 'number' && typeof value !== 'object' ? value : undefined;
      const shown = shownState(own ?? (type === 'boolean' ? true : 'error'));
      return `${name} ${relation === 'ne' ? CANONICAL.ne : CANONICAL.eq} ${shown}`;
    }
    if (typeof value === 'number' && relation !== undefined) return `${name} ${CANONICAL[relation]} ${value}`;
    if (typeof value === 'object') return `${name} ${CANONICAL.between} ${printValue(value)}`;
    const [first = DEFAULT_NUMBER, second] = this.numbers();
    const shown = relation === undefined || relation === 'eq' ? 'gt' : relation;
    if (shown !== 'between' && shown !== 'outside') return `${name} ${CANONICAL[shown]} ${first}`;
    const [low, high] = [Number(first), Number(second ?? Number(first) + 10)];
    return `${name} ${CANONICAL[shown]} ${Math.min(low, high)} and ${Math.max(low, high)}`;
  }

  /** The writer's own numbers: those behind the place first. */
  private numbers(): readonly string[] {
    const { tokens, index } = this.cursor;
    const numbers = [...tokens.slice(index), ...tokens.slice(0, index)].filter(({ kind }) => kind === 'number');
    return numbers
      .map(({ text }) => Number(text) + 0)
      .filter(Number.isFinite)
      .map(String);
  }

  private likelyField(): Field | undefined {
    const { schema } = this.names;
    return schema.find(({ type }) => type === 'number') ?? schema[0];
  }

  private ofStates({ field }: Draft): string | undefined {
    if (!field || field.type === 'number') return undefined;
    return `expected "is" or "is not" and ${field.type === 'boolean' ? '"true" or "false"' : 'a text'}`;
  }
}

/** A state as an example shows it: a plain word needs no quotes. */
function shownState(value: boolean | string): string {
  if (typeof value === 'boolean' || isPlainText(value)) return String(value);
  return `'${value.replaceAll("'", "''")}'`;
}

function withNearest(expected: string, nearest: string | undefined): string {
  return nearest === undefined ? expected : `${expected}; the nearest is "${nearest}"`;
}
