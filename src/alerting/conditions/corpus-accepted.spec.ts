import { SCHEMA } from '../../../test/support/conditions';
import { ACCEPTED } from '../../../test/support/corpus/accepted';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';
import { normalForm } from './normal-form';
import { printCondition } from './print';

it('accepts what people write', () => {
  const read = ACCEPTED.map(([written]) => [written, printCondition(parseCondition(written, SCHEMA))]);
  expect(read).toEqual(ACCEPTED);
  expect(ACCEPTED.length).toBeGreaterThan(300);
});

it('parses a canonical text as the same condition', () => {
  for (const [, canonical] of ACCEPTED) expect(printCondition(parseCondition(canonical, SCHEMA))).toBe(canonical);
});

it('has a normal form in words for each condition', () => {
  for (const [written] of ACCEPTED) {
    const condition = parseCondition(written, SCHEMA);
    const words = normalForm(condition, SCHEMA);
    expect(parseCondition(words, SCHEMA)).toEqual(condition);
    expect(words).not.toMatch(/[<>=]/);
  }
  expect(normalForm(parseCondition('30 < temperature for 5m && pump != off', SCHEMA), SCHEMA)).toBe(
    '(temperature is greater than 30 for 5 minutes) and pump is not false',
  );
});

it('keeps the size of every number in every spelling', () => {
  const valueOf = (written: string, unit?: string) =>
    (
      parseCondition(`x > ${written}`, [{ name: 'x', type: 'number', slot: 0, ...(unit && { unit }) }]) as {
        value: number;
      }
    ).value;
  expect(['10k', '5.1k', '0.1M', '2Ki', '3Ti', '-1.5k', '1e3k'].map((written) => valueOf(written))).toEqual([
    ...[10_000, 5100, 100_000, 2048, 3 * 1024 ** 4, -1500, 1e6],
  ]);
  expect(['5.1 kW', '5100 W', '5100', '0.0051 MW', '5100000 mW'].map((written) => valueOf(written, 'W'))).toEqual([
    ...[5100, 5100, 5100, 5100, 5100],
  ]);
  expect(['5 kW', '5000 W', '5'].map((written) => valueOf(written, 'kW'))).toEqual([5, 5, 5]);
  expect(['90 s', '1.5 min', '1 h'].map((written) => valueOf(written, 'min'))).toEqual([1.5, 1.5, 60]);
  expect(['10 people', '10k people'].map((written) => valueOf(written, 'people'))).toEqual([10, 10_000]);
  for (const [written, unit] of [
    ...(['10m', '10g', '10mi', '5 kW', '5 mA', '7 km', '3 min', '3 ms', '1 GB'] as const).map((one) => [one] as const),
    ...([
      ['5k', 'W'],
      ['5 M', 'm'],
      ['5 kV', 'W'],
      ['300 k', 'K'],
      ['3 Mb/s', 'MB/s'],
      ['3 mb/s', 'm'],
    ] as const),
  ])
    expect(() => valueOf(written, unit)).toThrow(ConditionError);
});
