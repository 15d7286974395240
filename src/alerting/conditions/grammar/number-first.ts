import type { Field } from '../../../sources/schema';
import type { SimpleCondition, ValueCondition } from '../condition';
import { mirrored, readRelation, isRelationNext, type WrittenRelation } from './comparisons';
import type { Cursor } from './cursor';
import { COMPARISON_SIGNS } from './expectations';
import type { FieldNames } from './field-names';
import { NumberReader } from './numbers';
import type { ParseErrors } from './parse-errors';

/** Reads a comparison that starts with the number: `30 < temperature`, `10 < temperature <= 20`. */
export class NumberFirstReader {
  private readonly numbers: NumberReader;

  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
    private readonly errors: ParseErrors,
  ) {
    this.numbers = new NumberReader(cursor, errors);
  }

  /** @param skipFiller skips "the" and the like before the field */
  read(skipFiller: () => void): ValueCondition {
    const { cursor, names, errors } = this;
    const start = cursor.index;
    const plain = this.behindNumber();
    const parsed = readRelation(cursor);
    const operator = parsed && !parsed.isVerbOnly ? mirrored(parsed.relation) : undefined;
    if (!operator) {
      const expected = 'expected a field, or a comparison such as "<" after the number';
      throw errors.unexpected(expected, { words: COMPARISON_SIGNS });
    }
    skipFiller();
    const named = names.matchesAt(cursor)[0];
    if (!named) throw errors.unknownField();
    if (named.fields.length > 1) throw errors.ambiguousField(named.fields, named.length);
    const field = named.fields[0] as Field;
    if (field.type !== 'number') throw errors.state(field, errors.places.tokens(named.length));
    const behind = cursor.index + named.length;
    // Read the number again, now that the field and its unit are known.
    cursor.index = start;
    const value = this.numbers.read(field, { field, relation: operator });
    if (cursor.index !== plain) {
      const draft = { field, relation: operator };
      throw errors.unexpected('expected a comparison such as "<"', { words: COMPARISON_SIGNS, draft });
    }
    cursor.index = behind;
    errors.last = { field, relation: operator, value };
    const first: SimpleCondition = { field: field.name, operator, value };
    const next = cursor.token?.kind === 'sign' ? cursor.attempt(() => readRelation(cursor)) : undefined;
    return next ? this.chained(field, first, next) : first;
  }

  private chained(field: Field, first: SimpleCondition, { relation }: WrittenRelation): ValueCondition {
    const { errors, cursor } = this;
    if (relation === 'between' || relation === 'outside') throw errors.comparison({ field });
    const { at } = cursor;
    const value = this.numbers.readUpper(field, { field, relation }, Number(first.value));
    const { name } = field;
    if (first.operator !== 'gte' || relation !== 'lte')
      return { operator: 'and', conditions: [first, { field: name, operator: relation, value }] };
    if (first.value > value) throw errors.bounds(field, 'between', [first.value, value], at);
    return { field: name, operator: 'between', value: [first.value, value] };
  }

  /** Skips the number and its unit, and returns the index of the comparison after it. */
  private behindNumber(): number {
    const { cursor } = this;
    const start = cursor.index;
    while (!cursor.isAtEnd && (cursor.index === start || !isRelationNext(cursor))) cursor.index += 1;
    return cursor.index;
  }
}
