import { SCHEMA, refusalOf } from '../../../test/support/conditions';
import { REFUSED } from '../../../test/support/corpus/refused';
import { parseCondition } from './condition-parser';
import { printCondition } from './print';

const SYNTAX = 'Cannot parse the condition ';

it.each(REFUSED)('refuses %j', (written, message) => {
  const { message: parsed } = refusalOf(written, SCHEMA);
  expect(parsed.replace(SYNTAX, '…')).toBe(message);
});

it('ends each error with an example that parses', () => {
  for (const [written] of REFUSED) {
    const [, example = ''] = /Example: "(.*)"$/.exec(refusalOf(written, SCHEMA).message) ?? [];
    expect([written, printCondition(parseCondition(example, SCHEMA))]).toEqual([written, expect.any(String)]);
  }
});

it('names at most five fields, however many there are', () => {
  const fields = Array.from({ length: 100 }, (_, slot) => ({ name: `field_${slot}`, type: 'number' as const, slot }));
  const { message } = refusalOf('pressure > 7', fields);
  expect(message).toContain(
    'expected a field of the data source, such as field_0, field_1, field_2, field_3, field_4 or 95 more.',
  );
  expect(message).toContain('Example: "field_0 is greater than 7"');
});
