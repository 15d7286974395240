import fc from 'fast-check';
import { InfluxQLError } from '../../src/influxql/influxql-error';
import { parseStatements } from '../../src/influxql/parse';
import type { SelectStatement } from '../../src/influxql/syntax';
import { repetitions } from '../support/repetitions';
import { PARSE_ERRORS } from './parse-errors';

const parseOne = (text: string, params?: Record<string, unknown>) => parseStatements(text, params)[0];

describe('InfluxQL statements', () => {
  it.each(PARSE_ERRORS)('are refused as InfluxDB 1.6.7 does: %s', (statement, error) => {
    expect(() => parseStatements(statement)).toThrow(new InfluxQLError(`error parsing query: ${error}`));
  });

  it('are what the query builder of Grafana sends', () => {
    const text = `SELECT mean("value") AS "x" FROM "rp"."cpu" WHERE ("host"::tag = 'a' OR "dc" =~ /^(a|b)$/) AND
      time >= 1596240000000ms and time <= 1596240300000ms GROUP BY time(10s), "host"::tag fill(null) ORDER BY time DESC limit 1
      slimit 2 tz('Europe/Paris')`;
    expect(parseOne(text)).toMatchObject({
      kind: 'select',
      fields: [
        { expression: { type: 'call', name: 'mean', args: [{ type: 'reference', name: 'value' }] }, alias: 'x' },
      ],
      from: [{ policy: 'rp', measurement: 'cpu' }],
      where: { type: 'binary', operator: 'AND' },
      groupByTime: { everyNanos: 10_000_000_000n, offsetNanos: 0n },
      groupByTags: ['host'],
      fill: 'null',
      isDescending: true,
      limit: 1,
      seriesLimit: 2,
      timeZone: 'Europe/Paris',
    });
  });

  it('bind operators as strongly as InfluxDB does', () => {
    const shape = (text: string) => {
      const statement = parseOne(`SELECT ${text} FROM m`);
      const shown = (one: unknown): unknown => {
        const { operator, left, right, name } = one as Record<string, unknown>;
        return operator === undefined ? name : [shown(left), operator, shown(right)];
      };
      return shown((statement as SelectStatement).fields[0]?.expression);
    };
    expect(shape('a + b * c')).toEqual(['a', '+', ['b', '*', 'c']]);
    expect(shape('a - b - c')).toEqual([['a', '-', 'b'], '-', 'c']);
    expect(shape('a * b + c / d - e')).toEqual([[['a', '*', 'b'], '+', ['c', '/', 'd']], '-', 'e']);
    expect(shape('a OR b AND c = d + e')).toEqual(['a', 'OR', ['b', 'AND', ['c', '=', ['d', '+', 'e']]]]);
  });

  it('keep integers and durations exact', () => {
    expect(parseOne('SELECT f FROM m WHERE time > 1500000000000000001 AND time < 1h30m')).toMatchObject({
      where: { left: { right: { value: 1500000000000000001n } }, right: { right: { nanos: 5_400_000_000_000n } } },
    });
  });

  it('may have bound parameters', () => {
    const text = 'SELECT f FROM m WHERE a = $a AND b = $"b c" AND c = $c';
    expect(parseOne(text, { a: "x' OR 'y", 'b c': 1.5, c: true })).toMatchObject({
      where: {
        left: { left: { right: { type: 'string', value: "x' OR 'y" } }, right: { right: { value: 1.5 } } },
        right: { right: { type: 'boolean', value: true } },
      },
    });
    for (const bad of [null, {}, [], Number.NaN]) expect(() => parseOne(text, { a: bad })).toThrow(InfluxQLError);
    expect(() => parseOne('SELECT f FROM m WHERE a = $toString', {})).toThrow('missing parameter: toString');
  });

  it('may be several, with comments and empty ones', () => {
    expect(parseStatements(';; SHOW DATABASES; -- one\n/* two */ SHOW SERIES ;').map(({ kind }) => kind)).toEqual([
      'showDatabases',
      'showSeries',
    ]);
    expect(parseStatements(' -- nothing')).toEqual([]);
  });

  it.each([
    ['DROP MEASUREMENT m', 'DROP'],
    ['DELETE FROM m', 'DELETE'],
    ['SELECT f INTO x FROM m', 'SELECT INTO'],
    ['SELECT f FROM (SELECT g FROM m)', 'sub-queries'],
    ['SELECT distinct(f) FROM m', 'DISTINCT'],
    ['SHOW SERIES CARDINALITY', 'SHOW SERIES CARDINALITY'],
    ['CREATE USER x', 'CREATE USER'],
    ['SHOW SHARDS', 'SHOW SHARDS'],
  ])('are refused by name where they are not supported: %s', (statement, name) => {
    expect(() => parseStatements(statement)).toThrow(new RegExp(`^error parsing query: ${name}.* not supported$`));
  });

  it.each([
    ['parentheses', `SELECT ${'('.repeat(100_000)}f FROM m`],
    ['calls', `SELECT ${'mean('.repeat(50_000)}f FROM m`],
    ['signs', `SELECT ${'-'.repeat(3) + '- '.repeat(100_000)}f FROM m`],
    ['operators', `SELECT f FROM m WHERE ${"a = 'b' OR ".repeat(20_000)} a = 'c'`],
    ['statements', 'SHOW DATABASES;'.repeat(15_000)],
    ['fields', `SELECT ${'f,'.repeat(100_000)}f FROM m`],
    ['measurements', `SELECT f FROM ${'m,'.repeat(100_000)}m`],
    ['segments', `SELECT f FROM ${'m.'.repeat(100_000)}m`],
    ['unclosed comments', '/*'.repeat(100_000)],
    ['an unclosed string', `SELECT f FROM m WHERE a = '${'x'.repeat(200_000)}`],
    ['an unclosed regular expression', `SELECT f FROM m WHERE a =~ /${'x'.repeat(200_000)}`],
    ['digits', `SELECT ${'9'.repeat(200_000)} FROM m`],
    ['a duration', `SELECT ${'9999h'.repeat(40_000)} FROM m`],
    ['characters', ' '.repeat(1_000_000)],
    ['garbage', '\u0000"\\\'/*$@#'.repeat(20_000)],
  ])('are refused soon where they have too many %s', (_, text) => {
    const start = performance.now();
    expect(() => parseStatements(text)).toThrow(InfluxQLError);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('throw nothing but InfluxQLError, whatever they are', () => {
    const pieces = fc.constantFrom(
      ...[
        'SELECT ',
        'f',
        '"g"',
        ' FROM ',
        'm',
        '/a.*/',
        ' WHERE ',
        'time',
        ' > ',
        'now()',
        '1h',
        "'x'",
        '(',
        ')',
        ',',
        '.',
        '*',
      ],
      ...[
        ' GROUP BY ',
        'time(1h)',
        ' fill(',
        'null',
        ' ORDER BY time ',
        'LIMIT 1',
        ' SHOW ',
        'TAG VALUES',
        ' WITH KEY ',
        ' = ',
      ],
      ...[
        ' IN ',
        ' =~ ',
        '::tag',
        ' - ',
        '$p',
        ';',
        ' AND ',
        '1.5',
        ' AS ',
        " tz('UTC')",
        '\\',
        '\n',
        '--',
        '/*',
        'µ',
        '\u{1f600}',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        try {
          parseStatements(one, { p: 1 });
        } catch (error) {
          expect(error).toBeInstanceOf(InfluxQLError);
        }
      }),
      { numRuns: repetitions(300, 3000) },
    );
  });
});
