import type { Field } from '../../../sources/schema';
import type { SimpleCondition, ValueCondition } from '../condition';
import { printValue } from '../print';
import { opposite, readRelation, isRelationNext } from './comparisons';
import { phrasesOf, type Cursor } from './cursor';
import { comparisonsFor } from './expectations';
import { isTerminator, readSuffix } from './suffixes';
import type { FieldNames, FieldMatch } from './field-names';
import { NumberFirstReader } from './number-first';
import { NumberReader, isNumberNext } from './numbers';
import type { ParseErrors } from './parse-errors';
import { booleanWords, readBoolean, readText } from './states';
import type { Draft } from './suggestions';

/** Words before a condition or a field that do not change its meaning. */
const FILLER = phrasesOf(
  ...[
    'if',
    'when',
    'whenever',
    'once',
    'as soon as',
    'in case',
    'only if',
    'only when',
    'while',
    'that',
    'also',
    'either',
  ],
  ...[
    'alert me if',
    'alert me when',
    'alert if',
    'alert when',
    'notify me if',
    'notify me when',
    'notify if',
    'notify when',
  ],
  ...['tell me if', 'tell me when', 'warn me if', 'warn me when', 'warn if', 'warn when', 'trigger if', 'trigger when'],
  ...['send an alert if', 'send an alert when', 'let me know if', 'let me know when'],
  ...['both', 'the', 'my', 'our', 'its', 'current', 'value of', 'level of'],
);
/** Nouns after a field name that do not change its meaning. */
const AFTER_FIELD = new Set(['value', 'values', 'reading', 'readings', 'level', 'measurement', 'sensor', 'field']);
const SET_TO = phrasesOf('set to', 'either');
const TO = phrasesOf('and', 'to', '&', '&&', '-', 'through', 'up to');

/** Reads one comparison of a field with a number, a range, a boolean or a text. */
export class ComparisonReader {
  private readonly numbers: NumberReader;
  private readonly numberFirst: NumberFirstReader;

  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
    private readonly errors: ParseErrors,
  ) {
    this.numbers = new NumberReader(cursor, errors);
    this.numberFirst = new NumberFirstReader(cursor, names, errors);
  }

  /** Skips "if", "when", "the" and the like, unless a field has that name. */
  skipFiller(): void {
    const { cursor, names } = this;
    while (names.matchesAt(cursor).length === 0 && FILLER.some((phrase) => cursor.accept(...phrase)));
  }

  /** Whether a field and a comparison follow. */
  isComparisonNext(): boolean {
    const { cursor, names } = this;
    return names.matchesAt(cursor).some((one) => this.isComparedField(one));
  }

  /** @param conjunction the word before the comparison: after one, the field may be omitted */
  read(conjunction?: 'and' | 'or'): ValueCondition {
    const { cursor, errors } = this;
    if (!this.isComparisonNext()) this.skipFillerUnlessCompared();
    const { at } = cursor;
    const field = this.field();
    if (field) return this.readField(field, at);
    if (isNumberNext(cursor)) return this.numberFirst.read(() => this.skipFiller());
    const continued = conjunction && this.continueField(conjunction);
    if (continued) return continued;
    throw errors.unknownField();
  }

  /** A field may be called "if": it is not skipped if a comparison follows it. */
  private skipFillerUnlessCompared(): void {
    const { cursor } = this;
    while (!this.isComparisonNext() && FILLER.some((phrase) => cursor.accept(...phrase)));
  }

  private field(): Field | undefined {
    const { cursor, names, errors } = this;
    const found = names.matchesAt(cursor);
    // In "a is above 3", with fields `a` and `a_is`, the exact name wins.
    const chosen =
      found.find((one) => one.isExact && this.isComparedField(one, false)) ??
      found.find((one) => this.isComparedField(one)) ??
      found[0];
    if (!chosen) return undefined;
    if (chosen.fields.length > 1) throw errors.ambiguousField(chosen.fields, chosen.length);
    cursor.index += chosen.length;
    return chosen.fields[0];
  }

  /** Whether a comparison follows the field, with or without a noun such as "level" between them. */
  private isComparedField({ fields: [field], length }: FieldMatch, mayHaveNoun = true): boolean {
    const { cursor } = this;
    if (!field) return false;
    const start = cursor.index;
    cursor.index += length;
    if (mayHaveNoun) cursor.acceptAny(AFTER_FIELD);
    const isCompared =
      readRelation(cursor) !== undefined ||
      (field.type === 'number' && isNumberNext(cursor)) ||
      (field.type === 'boolean' && readBoolean(cursor) !== undefined);
    cursor.index = start;
    return isCompared;
  }

  private readField(field: Field, at: number): ValueCondition {
    const { cursor } = this;
    this.errors.last = { field };
    cursor.acceptAny(AFTER_FIELD);
    return field.type === 'number' ? this.readNumber(field) : this.readState(field, at);
  }

  private readNumber(field: Field): ValueCondition {
    const { cursor, errors } = this;
    const parsed = readRelation(cursor) ?? (isNumberNext(cursor) ? undefined : null);
    if (parsed === null) throw errors.comparison({ field });
    if (parsed?.isVerbOnly && !isNumberNext(cursor) && errors.suggestions.nearestRelation())
      throw errors.comparison({ field });
    const relation = parsed?.relation;
    if (relation === 'between' || relation === 'outside') return this.readRange(field, relation);
    const at = cursor.at;
    const value = this.numbers.read(field, { field, ...(relation && { relation }) });
    const suffix = relation === undefined || relation === 'eq' || relation === 'ne' ? readSuffix(cursor) : undefined;
    if (relation === undefined && !suffix) {
      const words = comparisonsFor(field);
      throw errors.unexpected('expected a comparison, such as "is greater than"', { words, draft: { field }, at });
    }
    const operator = suffix ? (relation === 'ne' ? opposite(suffix) : suffix) : relation;
    if (operator === undefined || operator === 'between' || operator === 'outside') throw errors.comparison({ field });
    errors.last = { field, relation: operator, value };
    return { field: field.name, operator, value };
  }

  private readRange(field: Field, relation: 'between' | 'outside'): ValueCondition {
    const { cursor, errors } = this;
    const draft = { field, relation };
    const low = this.numbers.read(field, draft);
    const isGlued =
      cursor.token?.kind === 'number' && cursor.token.text.startsWith('-') && cursor.token.at === cursor.peek(-1)?.end;
    if (!isGlued && !TO.some((phrase) => cursor.accept(...phrase)))
      throw errors.unexpected('expected "and" followed by the upper bound', { words: ['and', 'to'], draft });
    const { at } = cursor;
    // In "10-20" the hyphen is not a minus sign.
    const upper = this.numbers.readUpper(field, draft, low);
    const high = isGlued ? -upper : upper;
    if (low > high) throw errors.bounds(field, relation, [low, high], at);
    errors.last = { ...draft, value: [low, high] };
    const { name } = field;
    if (relation === 'between') return { field: name, operator: 'between', value: [low, high] };
    return {
      operator: 'or',
      conditions: [
        { field: name, operator: 'lt', value: low },
        { field: name, operator: 'gt', value: high },
      ],
    };
  }

  private readState(field: Field, at: number): SimpleCondition {
    const { cursor, errors } = this;
    const parsed = readRelation(cursor, true);
    const draft: Draft = { field, ...(parsed && { relation: parsed.relation }) };
    const numeric = this.numericEnd();
    if (numeric !== undefined) throw errors.state(field, { start: at, end: numeric });
    const isBoolean = field.type === 'boolean';
    if (!parsed && !cursor.token) throw errors.comparison({ field });
    if (!isBoolean && parsed?.isVerbOnly) SET_TO.find((phrase) => cursor.accept(...phrase));
    const value = isBoolean ? readBoolean(cursor) : parsed ? readText(cursor) : this.readBareText();
    if (value === undefined) {
      if (!parsed) throw errors.comparison({ field });
      if (!isBoolean) throw this.notAText(draft);
      throw errors.expectedOneOf(booleanWords(), 'expected "true" or "false"', draft);
    }
    const operator = parsed?.relation === 'ne' ? 'ne' : 'eq';
    errors.last = { field, relation: operator, value };
    return { field: field.name, operator, value };
  }

  private notAText(draft: Draft): Error {
    const { cursor, errors } = this;
    const at = errors.places.words();
    const words = [printValue(cursor.text.slice(at.start, at.end) || 'error')];
    return errors.unexpected('expected a text, in quotes if it has several words', { words, draft, at });
  }

  /** A text without "is": one word or a quoted text, at the end of the comparison. */
  private readBareText(): string | undefined {
    const { cursor } = this;
    return cursor.attempt(() => {
      const isShort = isTerminator(cursor.peek(1));
      return isShort ? readText(cursor) : undefined;
    });
  }

  /** The offset where a numeric comparison such as `above 3` ends; undefined if none follows. */
  private numericEnd(): number | undefined {
    const { cursor } = this;
    const { index } = cursor;
    const parsed = cursor.token?.kind === 'quoted' ? undefined : readRelation(cursor);
    const isNumericNext =
      parsed !== undefined &&
      !parsed.isVerbOnly &&
      parsed.relation !== 'eq' &&
      parsed.relation !== 'ne' &&
      isNumberNext(cursor);
    const end = isNumericNext ? cursor.token?.end : undefined;
    cursor.index = index;
    return end;
  }

  /** Reads a comparison that omits the field of the one before: `temperature < 10 or > 30`, `mode is heating or cooling`. */
  private continueField(conjunction: 'and' | 'or'): ValueCondition | undefined {
    const { cursor } = this;
    const { field, relation } = this.errors.last;
    if (!field) return undefined;
    const { at } = cursor;
    if (isRelationNext(cursor)) return this.readField(field, at);
    if (field.type !== 'string') return undefined;
    const start = cursor.index;
    return cursor.attempt(() => {
      const value = readText(cursor);
      if (value === undefined || !isTerminator(cursor.token)) return undefined;
      if (conjunction !== 'or' || relation !== 'eq') {
        // Taken literally, "is not a or b" would always hold.
        cursor.index = start;
        throw this.errors.repeatField(field, value);
      }
      this.errors.last = { field, relation, value };
      return { field: field.name, operator: 'eq', value } as const;
    });
  }
}
