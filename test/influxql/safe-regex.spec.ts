import { RE2JS } from 're2js';
import { InfluxQLError } from '../../src/influxql/influxql-error';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import { inTurns } from '../../src/influxql/in-turns';
import { PatternTotals, SafeRegex } from '../../src/influxql/safe-regex';
import { parseStatements } from '../../src/influxql/parse';

const regexOf = (pattern: string) => new SafeRegex(pattern, new PatternTotals());

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
    expect(regexOf(pattern).test(text)).toBe(matches);
  });

  it.each(['(', '[a', 'a**', '(?=a)', String.raw`(a)\1`, String.raw`^(a|\é)$`, 'a{1001}', '(?<!a)b'])(
    'refuse /%s/',
    (pattern) => {
      expect(() => regexOf(pattern)).toThrow(InfluxQLError);
    },
  );

  it.each([['('.repeat(9000) + ')'.repeat(9000)], ['(a{1000}){1}'.repeat(1000)], ['a'.repeat(20_000)]])(
    'refuse a pattern that is too large: %.20s',
    (pattern) => {
      expect(() => regexOf(pattern)).toThrow('too large');
    },
  );

  it.each([
    [String.raw`^(srv\.1|srv-2|a b)$`, ['srv.1', 'srv-2', 'a b'], ['srvx1', 'srv', 'a', 'srv.1|srv-2', '']],
    ['^(?:a|)$', ['a', ''], ['b', 'a\n']],
    [String.raw`^(ü|\/|\|)$`, ['ü', '/', '|'], ['', '\\', '\\/']],
  ])('match the list /%s/ as RE2 does', (pattern, matching, others) => {
    const asPattern = regexOf(`(?:${pattern})`);
    for (const text of [...matching, ...others])
      expect([text, regexOf(pattern).test(text), asPattern.test(text)]).toEqual([
        text,
        ...Array(2).fill(matching.includes(text)),
      ]);
  });

  it('take long lists, but no other long patterns', () => {
    const names = Array.from({ length: 1500 }, (_, index) => `sensor${index}`);
    const list = regexOf(`^(${names.join('|')})$`);
    expect(names.filter((name) => !list.test(name))).toEqual([]);
    expect(list.test('sensor1500')).toBe(false);
    expect(() => regexOf(`^(${names.join('|')})`)).toThrow('the regular expression is too large');
  });

  it.each([
    ['patterns', Array(21).fill(`/${'a'.repeat(100)}/`)],
    ['compiled patterns', Array(3).fill('/[ab]{900}/')],
  ])('of a request have a limit together: %s', (_, patterns) => {
    const conditions = patterns.map((pattern) => `id =~ ${pattern}`);
    const statements = conditions.map((condition) => `SELECT * FROM cpu WHERE ${condition}`);
    for (const text of [`SELECT * FROM cpu WHERE ${conditions.join(' OR ')}`, statements.join('; ')])
      expect(() => parseStatements(text)).toThrow('the regular expressions are too large together');
    expect(parseStatements(statements.slice(0, 2).join('; '))).toHaveLength(2);
  });

  it('refuse texts for which a large pattern would take long', () => {
    const large = regexOf('[ab]*a[ab]{900}x');
    expect(large.test(`${'ab'.repeat(100)}x`)).toBe(false);
    expect(() => large.test(`${'ab'.repeat(500)}x`)).toThrow(
      'the regular expressions are too large for a text of 1001 characters',
    );
    expect(regexOf('ab+x').test(`${'ab'.repeat(10_000)}x`)).toBe(true);
  });

  it('know the names that they have learnt', async () => {
    const regex = regexOf('[ab]*a[ab]{100}x');
    const names = Array.from({ length: 300 }, (_, index) => `${'ab'.repeat(100)}${index}x`);
    await regex.learn(names, IMMEDIATE_YIELD);
    const matching = jest.spyOn(RE2JS.prototype, 'test');
    expect(names.some((name) => regex.test(name))).toBe(false);
    expect(matching).not.toHaveBeenCalled();
    matching.mockRestore();
  });

  it('lets other work run after each millisecond', async () => {
    let turns = 0;
    for await (const millis of inTurns([2, 2, 2, 2, 2], () => Promise.resolve(void turns++))) {
      const start = performance.now();
      while (performance.now() - start < millis) continue;
    }
    expect(turns).toBe(4);
  });

  it('takes linear time where backtracking would not end', () => {
    expect(regexOf('^(x+x+)+y$').test('x'.repeat(10_000))).toBe(false);
    expect(regexOf('(a?){30}a{30}$').test('a'.repeat(29))).toBe(false);
  });
});
