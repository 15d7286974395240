import { InfluxQLError } from '../../src/influxql/influxql-error';
import { SafeRegex } from '../../src/influxql/safe-regex';

describe('regular expressions of clients', () => {
  it.each([
    ['(?i)CP', 'cpu', true],
    ['^(a|b)$', 'b', true],
    ['^(a|b)$', 'ab', false],
    ['', 'anything', true],
    [String.raw`^\d+\.\d+$`, '10.5', true],
    [String.raw`\pL`, 'ü', true],
    ['.', '\n', false],
    ['(?s).', '\n', true],
  ])('match /%s/ with %j as RE2 does', (pattern, text, matches) => {
    expect(new SafeRegex(pattern).test(text)).toBe(matches);
  });

  it.each(['(', '[a', 'a**', '(?=a)', String.raw`(a)\1`, 'a{1001}', '(?<!a)b'])('refuse /%s/', (pattern) => {
    expect(() => new SafeRegex(pattern)).toThrow(InfluxQLError);
  });

  it.each([['('.repeat(9000) + ')'.repeat(9000)], ['(a{1000}){1}'.repeat(1000)], ['a'.repeat(20_000)]])(
    'refuse a pattern that is too large: %.20s',
    (pattern) => {
      expect(() => new SafeRegex(pattern)).toThrow('too large');
    },
  );

  it('takes linear time where backtracking would not end', () => {
    expect(new SafeRegex('^(x+x+)+y$').test('x'.repeat(10_000))).toBe(false);
    expect(new SafeRegex('(a?){30}a{30}$').test('a'.repeat(29))).toBe(false);
  });
});
