import type { Field } from '../../../sources/schema';
import { nearestOf } from '../../../common/nearest';
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
import { printName, printSeconds } from '../print';
import { CANONICAL, type Relation } from './comparisons';
import type { Cursor } from './cursor';
import { MAX_SECONDS, SECONDS } from './durations';
import { Examples, NO_DATA_EXAMPLE } from './examples';
import { comparisonsFor, DURATIONS, JOINED, listed, namesOf, type Expected } from './expectations';
import type { FieldNames } from './field-names';
import { Places, type Place } from './places';
import { Suggestions, type Draft } from './suggestions';

const TIME_UNITS = Object.keys(SECONDS).filter((unit) => unit.length > 2);
const MAX_FIELDS_LISTED = 5;
const MAX_EXCERPT = 60;

/** What an error reports besides its sentence. */
interface Report {
  /** Words that could stand at the place. */
  readonly words: Expected;
  /** What is known of the comparison, for the example. Default: the last one. */
  readonly draft?: Draft | undefined;
  /** The place, or the offset where it starts. Default: the next token. */
  readonly at?: Place | number | undefined;
}

/** Builds the errors of one condition. Each says where it is and ends with an example in the caller's own fields and numbers. */
export class ParseErrors {
  /** The comparison that was read last. Errors further on use it as their example. */
  last: Draft = {};
  readonly suggestions: Suggestions;
  readonly places: Places;
  private readonly examples: Examples;

  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
  ) {
    this.suggestions = new Suggestions(cursor, names);
    this.places = new Places(cursor, names);
    this.examples = new Examples(cursor, names);
  }

  unexpected(expected: string, { words, draft = this.last, at }: Report): ConditionError {
    return this.syntax(expected, { words, at, example: this.examples.of(draft) });
  }

  noData(expected: string, report: Omit<Report, 'draft'>): ConditionError {
    return this.syntax(expected, { ...report, example: NO_DATA_EXAMPLE });
  }

  /** For a place where one of some words is expected. Suggests the word that is nearest to the text. */
  expectedOneOf(words: Expected, expected: string, draft?: Draft): ConditionError {
    const [nearest] = nearestOf(this.cursor.token?.word ?? '', words, (word) => word);
    return this.unexpected(withSuggestion(expected, nearest), { words: listed(nearest, ...words), draft });
  }

  /** For a place where a number is expected. */
  number(draft: Draft): ConditionError {
    return this.unexpected('expected a number', { words: [this.examples.number], draft });
  }

  /** For text after "for" that is not a duration. The example keeps its number and the nearest unit. */
  notADuration(expected: string): ConditionError {
    const { cursor } = this;
    const count = cursor.token?.kind === 'number' ? Number(cursor.token.text) : undefined;
    if (count !== undefined) cursor.index += 1;
    const [unit] = nearestOf(cursor.token?.word ?? '', TIME_UNITS, (one) => one);
    const seconds = (count ?? 5) * (SECONDS[unit ?? 'minutes'] ?? 60);
    const example = `${this.examples.of(this.last)} for ${isDuration(seconds) ? printSeconds(seconds) : '5 minutes'}`;
    const units = ['minutes', 'hours', 'seconds', 'days'].filter((one) =>
      isDuration((count ?? 1) * (SECONDS[one] ?? 0)),
    );
    const words = count === undefined ? DURATIONS : listed(unit, ...units);
    return this.syntax(withSuggestion(expected, unit), { words, example });
  }

  comparison(draft: Draft): ConditionError {
    const at = this.places.unknown();
    const { field } = draft;
    const nearest = this.suggestions.nearestRelation();
    const isFitting = !field || field.type === 'number' || nearest?.relation === 'eq' || nearest?.relation === 'ne';
    const words = listed(isFitting ? nearest?.words.join(' ') : undefined, ...comparisonsFor(field));
    if (nearest) {
      const expected = withSuggestion(`expected a comparison, such as "${CANONICAL.gt}"`, nearest.words.join(' '));
      const meant = { ...draft, ...(nearest.relation && { relation: nearest.relation }) };
      return this.unexpected(expected, { words, draft: meant, at });
    }
    if (!field || field.type === 'number')
      return this.unexpected(`expected a comparison, such as "${CANONICAL.gt}"`, { words, draft, at });
    const value = field.type === 'boolean' ? '"true" or "false"' : 'a text';
    return this.unexpected(`expected "is" or "is not", followed by ${value}`, { words, draft, at });
  }

  /** For a place where a field is expected. Lists up to five, the nearest first. */
  unknownField(): ConditionError {
    const { cursor, names, suggestions, places } = this;
    const { schema } = names;
    if (cursor.isAtEnd) return this.unexpected('expected a field', { words: listed(...namesOf(schema)) });
    const near = suggestions.nearestFields();
    const fields = [...near, ...schema.filter((field) => !near.includes(field))];
    const expected =
      schema.length === 0
        ? 'expected "no data", because the data source has no fields'
        : `expected a field of the data source, such as ${listOf(fields)}`;
    const seconds = suggestions.likelyNoData();
    const isNoData = seconds !== undefined || schema.length === 0;
    const ahead = suggestions.draftAhead();
    const words = listed(isNoData ? 'no data' : undefined, ...namesOf(fields.filter((one) => supports(one, ahead))));
    const at = seconds === undefined ? places.unknown() : places.words();
    if (seconds !== undefined)
      return this.syntax(withSuggestion(expected, 'no data'), {
        ...{ words, at },
        example: `no data for ${printSeconds(seconds)}`,
      });
    const [field] = near;
    const draft = { ...ahead, ...(field && { field }) };
    return this.unexpected(withSuggestion(expected, field?.name), { words, draft, at });
  }

  /** @param length how many tokens the ambiguous name has */
  ambiguousField(fields: readonly Field[], length: number): ConditionError {
    const [field] = fields;
    const draft = { ...this.suggestions.draftAhead(), ...(field && { field }) };
    const [words, at] = [listed(...namesOf(fields)), this.places.tokens(length)];
    return this.unexpected(`expected the exact name of one field: ${listOf(fields)}`, { words, draft, at });
  }

  /** For "is not open or closed": a list after "is not" could mean either, so each comparison names its field. */
  repeatField(field: Field, value: string): ConditionError {
    const { last } = this;
    const comparisons = [last, { field, relation: 'ne', value } as const].map((draft) => this.examples.of(draft));
    const example = last.relation === 'ne' ? comparisons.join(' and ') : (comparisons[1] ?? '');
    const [words, at] = [comparisons.slice(1), this.places.words()];
    return this.syntax('expected a field, which must be repeated after "is not"', { words, at, example });
  }

  /** @param at the comparison that the field does not support */
  state(field: Field, at: Place): ConditionError {
    const { name, type } = field;
    const example = this.examples.of({ field });
    const expected = [example, this.examples.of({ field, relation: 'ne' })];
    return new ConditionError(CONDITION_STATE, { place: at, expected }, { field: name, type, example });
  }

  bounds(field: Field, relation: Relation, [low, high]: readonly [number, number], at: number): ConditionError {
    const example = `${printName(field.name)} ${CANONICAL[relation]} ${high} and ${low}`;
    const report = { place: this.places.from(at), expected: [String(low)] };
    return new ConditionError(CONDITION_BOUNDS, report, { low: String(low), high: String(high), example });
  }

  unit(field: Field, written: string, at: Place, draft: Draft): ConditionError {
    const { name, unit = '' } = field;
    const example = `${this.examples.of({ ...draft, field })} ${unit}`;
    const report = { place: at, expected: [unit] };
    return new ConditionError(CONDITION_UNIT, report, { field: name, unit, written, example });
  }

  noUnit(field: Field, written: string, at: Place, draft: Draft): ConditionError {
    const example = this.examples.of({ ...draft, field });
    return new ConditionError(
      CONDITION_NO_UNIT,
      { place: at, expected: JOINED },
      { field: field.name, written, example },
    );
  }

  durationRange(at: number): ConditionError {
    const example = `${this.examples.of(this.last)} for 5 minutes`;
    return new ConditionError(CONDITION_DURATION, { place: this.places.from(at), expected: DURATIONS }, { example });
  }

  noDataRange(at: number): ConditionError {
    const report = { place: this.places.from(at), expected: DURATIONS };
    return new ConditionError(CONDITION_DURATION, report, { example: NO_DATA_EXAMPLE });
  }

  tooMany(most: number, at: number): ConditionError {
    const words = { comparisons: String(most), example: this.examples.of(this.last) };
    return new ConditionError(CONDITION_COMPARISONS, { place: this.places.from(at), expected: [] }, words);
  }

  private syntax(
    expected: string,
    { words, at, example }: Omit<Report, 'draft'> & { readonly example: string },
  ): ConditionError {
    const place = typeof at === 'number' ? this.places.from(at) : (at ?? this.places.next());
    const report = { place, expected: words };
    return new ConditionError(CONDITION_SYNTAX, report, { where: this.where(place.start), expected, example });
  }

  private where(at: number): string {
    const rest = this.cursor.text.slice(at).trim();
    return rest === '' ? 'at the end' : `at "${[...rest.slice(0, 2 * MAX_EXCERPT)].slice(0, MAX_EXCERPT).join('')}"`;
  }
}

/** Whether a field can be compared like this. */
function supports({ type }: Field, { relation = 'eq' }: Draft): boolean {
  return type === 'number' || relation === 'eq' || relation === 'ne';
}

function isDuration(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS;
}

/** The names of the first five fields, and how many more there are. */
function listOf(fields: readonly Field[]): string {
  const names = fields.slice(0, MAX_FIELDS_LISTED).map(({ name }) => printName(name));
  const more = fields.length - names.length;
  return names.join(', ') + (more > 0 ? ` or ${more} more` : '');
}

function withSuggestion(expected: string, nearest: string | undefined): string {
  return nearest === undefined ? expected : `${expected} (did you mean "${nearest}"?)`;
}
