import type { Field } from '../../../sources/schema';
import {
  CONDITION_BOUNDS,
  CONDITION_COMPARISONS,
  CONDITION_DURATION,
  CONDITION_NO_UNIT,
  CONDITION_STATE,
  CONDITION_SYNTAX,
  CONDITION_UNIT,
  ConditionError,
} from '../condition.errors';
import { printSeconds } from '../print';
import { CANONICAL, type Relation } from './comparisons';
import type { Cursor } from './cursor';
import { MAX_SECONDS, SECONDS } from './durations';
import { Examples, NO_DATA_EXAMPLE } from './examples';
import type { FieldNames } from './field-names';
import { nearestOf } from '../../../common/nearest';
import { Suggestions, type Draft } from './suggestions';

const TIME_UNITS = Object.keys(SECONDS).filter((unit) => unit.length > 2);
const MAX_FIELDS_LISTED = 5;
const MAX_EXCERPT = 60;

/** Builds the errors of one condition. Each says where it is and ends with an example in the caller's own fields and numbers. */
export class ParseErrors {
  /** The comparison that was read last. Errors further on use it as their example. */
  last: Draft = {};
  readonly suggestions: Suggestions;
  private readonly examples: Examples;

  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
  ) {
    this.suggestions = new Suggestions(cursor, names);
    this.examples = new Examples(cursor, names);
  }

  unexpected(expected: string, draft: Draft = this.last, at = this.cursor.at): ConditionError {
    return this.syntax(expected, at, this.examples.of(draft));
  }

  noData(expected: string, at: number): ConditionError {
    return this.syntax(expected, at, NO_DATA_EXAMPLE);
  }

  /** For a place where one of some words is expected. Suggests the word that is nearest to the text. */
  expectedOneOf(words: readonly string[], expected: string, draft: Draft = this.last): ConditionError {
    const [nearest] = nearestOf(this.cursor.token?.word ?? '', words, (word) => word);
    return this.unexpected(withSuggestion(expected, nearest), draft);
  }

  /** For text after "for" that is not a duration. The example keeps its number and the nearest unit. */
  notADuration(expected: string): ConditionError {
    const { cursor } = this;
    const count = cursor.token?.kind === 'number' ? Number(cursor.token.text) : undefined;
    if (count !== undefined) cursor.index += 1;
    const [unit] = nearestOf(cursor.token?.word ?? '', TIME_UNITS, (one) => one);
    const seconds = (count ?? 5) * (SECONDS[unit ?? 'minutes'] ?? 60);
    const isAllowed = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS;
    const example = `${this.examples.of(this.last)} for ${isAllowed ? printSeconds(seconds) : '5 minutes'}`;
    return this.syntax(withSuggestion(expected, unit), cursor.at, example);
  }

  comparison(draft: Draft): ConditionError {
    const nearest = this.suggestions.nearestRelation();
    if (nearest) {
      const expected = withSuggestion(`expected a comparison, such as "${CANONICAL.gt}"`, nearest.words.join(' '));
      return this.unexpected(expected, { ...draft, ...(nearest.relation && { relation: nearest.relation }) });
    }
    const { field } = draft;
    if (!field || field.type === 'number')
      return this.unexpected(`expected a comparison, such as "${CANONICAL.gt}"`, draft);
    const value = field.type === 'boolean' ? '"true" or "false"' : 'a text';
    return this.unexpected(`expected "is" or "is not", followed by ${value}`, draft);
  }

  /** For a place where a field is expected. Lists up to five, the nearest first. */
  unknownField(): ConditionError {
    const { cursor, names, suggestions } = this;
    if (cursor.isAtEnd) return this.unexpected('expected a field');
    const near = suggestions.nearestFields();
    const others = names.schema.filter((field) => !near.includes(field));
    const expected =
      names.schema.length === 0
        ? 'expected "no data", because the data source has no fields'
        : `expected a field of the data source, such as ${listOf([...near, ...others])}`;
    const seconds = suggestions.likelyNoData();
    if (seconds !== undefined)
      return this.syntax(withSuggestion(expected, 'no data'), cursor.at, `no data for ${printSeconds(seconds)}`);
    const [field] = near;
    const draft = { ...suggestions.draftAhead(), ...(field && { field }) };
    return this.unexpected(withSuggestion(expected, field?.name), draft);
  }

  ambiguousField(fields: readonly Field[]): ConditionError {
    const [field] = fields;
    const draft = { ...this.suggestions.draftAhead(), ...(field && { field }) };
    return this.unexpected(`expected the exact name of one field: ${listOf(fields)}`, draft);
  }

  /** For "is not open or closed": a list after "is not" could mean either, so each comparison names its field. */
  repeatField(field: Field, value: string): ConditionError {
    const { last } = this;
    const comparisons = [last, { field, relation: 'ne', value } as const].map((draft) => this.examples.of(draft));
    const example = last.relation === 'ne' ? comparisons.join(' and ') : (comparisons[1] ?? '');
    return this.syntax('expected a field, which must be repeated after "is not"', this.cursor.at, example);
  }

  state(field: Field, at: number): ConditionError {
    const { name, type } = field;
    return new ConditionError(CONDITION_STATE, at, { field: name, type, example: this.examples.of({ field }) });
  }

  bounds(field: Field, relation: Relation, [low, high]: readonly [number, number], at: number): ConditionError {
    const example = `${field.name} ${CANONICAL[relation]} ${high} and ${low}`;
    return new ConditionError(CONDITION_BOUNDS, at, { low: String(low), high: String(high), example });
  }

  unit(field: Field, written: string, at: number, draft: Draft): ConditionError {
    const { name, unit = '' } = field;
    const example = `${this.examples.of({ ...draft, field })} ${unit}`;
    return new ConditionError(CONDITION_UNIT, at, { field: name, unit, written, example });
  }

  noUnit(field: Field, written: string, at: number, draft: Draft): ConditionError {
    const example = this.examples.of({ ...draft, field });
    return new ConditionError(CONDITION_NO_UNIT, at, { field: field.name, written, example });
  }

  durationRange(at: number): ConditionError {
    return new ConditionError(CONDITION_DURATION, at, { example: `${this.examples.of(this.last)} for 5 minutes` });
  }

  noDataRange(at: number): ConditionError {
    return new ConditionError(CONDITION_DURATION, at, { example: NO_DATA_EXAMPLE });
  }

  tooMany(most: number, at: number): ConditionError {
    return new ConditionError(CONDITION_COMPARISONS, at, {
      comparisons: String(most),
      example: this.examples.of(this.last),
    });
  }

  private syntax(expected: string, at: number, example: string): ConditionError {
    return new ConditionError(CONDITION_SYNTAX, at, { where: this.where(at), expected, example });
  }

  private where(at: number): string {
    const rest = this.cursor.text.slice(at).trim();
    return rest === '' ? 'at the end' : `at "${[...rest.slice(0, 2 * MAX_EXCERPT)].slice(0, MAX_EXCERPT).join('')}"`;
  }
}

/** The names of the first five fields, and how many more there are. */
function listOf(fields: readonly Field[]): string {
  const names = fields.slice(0, MAX_FIELDS_LISTED).map(({ name }) => name);
  const more = fields.length - names.length;
  return names.join(', ') + (more > 0 ? ` or ${more} more` : '');
}

function withSuggestion(expected: string, nearest: string | undefined): string {
  return nearest === undefined ? expected : `${expected} (did you mean "${nearest}"?)`;
}
