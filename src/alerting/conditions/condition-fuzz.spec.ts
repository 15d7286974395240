import fc from 'fast-check';
import { SCHEMA } from '../../../test/support/conditions';
import { repetitions } from '../../../test/support/repetitions';
import type { Schema } from '../../sources/schema';
import type { Condition } from './condition';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';
import { normalForm } from './normal-form';
import { printCondition } from './print';

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/),
  // As line protocol takes them.
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => text.normalize('NFC')),
  fc.constantFrom(
    'and',
    'or',
    'for',
    'no',
    'not',
    'is',
    'if',
    'the',
    'a_is',
    'a',
    'offline',
    'data',
    'no_data',
    'in',
    '_',
  ),
);
const schema = fc
  .uniqueArray(fc.record({ name, type: fc.constantFrom('number', 'boolean', 'string') }), {
    selector: (field) => field.name.toLowerCase().replace(/[_. -]/g, ''),
    minLength: 1,
    maxLength: 6,
  })
  .map((fields) => fields.map((field, slot) => ({ ...field, slot })) as unknown as Schema);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const seconds = fc.integer({ min: 1, max: 30 * 86_400 });
const timed = <T extends object>(part: fc.Arbitrary<T>) =>
  fc
    .tuple(part, fc.option(seconds, { nil: undefined }))
    .map(([one, durationSeconds]) => ({ ...one, ...(durationSeconds !== undefined && { durationSeconds }) }));
type Part = object & { readonly operator: string; readonly durationSeconds?: number };
const sideOf = (fields: Schema) =>
  fc.constantFrom(...fields).chain(({ name: field, type }): fc.Arbitrary<Part> => {
    const same = fc.constantFrom('eq', 'ne');
    if (type === 'boolean') return fc.record({ field: fc.constant(field), operator: same, value: fc.boolean() });
    if (type === 'string')
      return fc.record({
        field: fc.constant(field),
        operator: same,
        value: fc.string({ unit: 'binary', maxLength: 12 }),
      });
    return fc.oneof(
      fc.record({
        field: fc.constant(field),
        operator: fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'ne'),
        value: number,
      }),
      fc.record({
        field: fc.constant(field),
        operator: fc.constant('between'),
        value: fc.tuple(number, number).map((pair) => pair.sort((one, other) => one - other)),
      }),
    );
  });
/** Conditions as the parser builds them: nested lists with the same operator are merged. */
const conditionOf = (fields: Schema) =>
  fc.letrec<{ part: Part }>((tie) => ({
    part: timed(
      fc.oneof(
        { maxDepth: 2 },
        sideOf(fields),
        fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(tie('part'), { minLength: 2, maxLength: 3 }))
          .map(([operator, parts]) => ({
            operator,
            conditions: parts.filter((one) => one.operator !== operator || one.durationSeconds !== undefined),
          }))
          .filter(({ conditions }) => conditions.length > 1),
      ),
    ),
  })).part;
const sidesIn = (one: object): number =>
  'conditions' in one ? (one.conditions as object[]).reduce((sum, part) => sum + sidesIn(part), 0) : 1;

it('prints any condition on any schema as a text that parses as the same condition', () =>
  fc.assert(
    fc.property(
      schema.chain((fields) => fc.tuple(fc.constant(fields), conditionOf(fields))),
      ([fields, condition]) => {
        fc.pre(sidesIn(condition) <= 10);
        const one = condition as unknown as Condition;
        for (const text of [printCondition(one), normalForm(one, fields)])
          expect(parseCondition(text, fields)).toEqual(condition);
      },
    ),
    { numRuns: repetitions(150, 1500) },
  ));

const WORDS =
  'temperature pump door status is not above over between outside and or && || for in the last no data offline 5 -3 1e9 k kW Mi °C minutes half an hour a if when ( ) " \' , > <= = or more less five hundred on open "x" 10-20 1h30m'.split(
    ' ',
  );
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 16 }).map((some) => some.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 16 }).map((some) => some.join('')),
);

it('throws only ConditionError, for any text, with an example that parses', () =>
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        const read = parseCondition(text, SCHEMA);
        expect(parseCondition(printCondition(read), SCHEMA)).toEqual(read);
      } catch (cause) {
        if (!(cause instanceof ConditionError)) throw cause;
        expect(cause.at).toBeLessThanOrEqual(text.length);
        const [, example = ''] = /Example: "(.*)"$/s.exec(cause.message) ?? [];
        expect(() => parseCondition(example, SCHEMA)).not.toThrow();
      }
    }),
    { numRuns: repetitions(250, 2500) },
  ));

it('parses the longest and worst texts in linear time', () => {
  const fields = Array.from({ length: 100 }, (_, slot) => ({
    name: `${'a_'.repeat(30)}${slot}`,
    type: 'number' as const,
    slot,
  }));
  const tries = [
    '(',
    '"',
    '\u201e',
    'a ',
    'a_',
    'not ',
    'is ',
    'the ',
    '1',
    '1 ',
    '1h',
    'five ',
    '-',
    'no ',
    '> ',
    'x > 1 or ',
  ];
  const started = performance.now();
  for (const piece of tries) {
    const text = piece.repeat(500).slice(0, 500);
    for (const one of [text, `${'a_'.repeat(30)}1 > ${text}`, `no data for ${text}`])
      expect(() => parseCondition(one, fields)).toThrow(ConditionError);
  }
  // 48 texts: a second would be 20 ms for each.
  expect(performance.now() - started).toBeLessThan(3000);
});
