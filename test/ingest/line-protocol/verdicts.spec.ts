import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from './parsed-lines';
import type { LinePrecision } from '../../../src/ingest/line-protocol/line-times';

interface Verdict {
  readonly n: number;
  readonly text: string;
  readonly verdict: 'accept' | 'reject';
  readonly note: string;
}

interface Case {
  readonly input: { readonly text: string | { readonly binary: string }; readonly precision: string };
  readonly output: { readonly error?: string; readonly result?: readonly Metric[] };
}

interface Metric {
  readonly time?: string;
  readonly name: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly fields?: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, string | number | boolean>>;
  }[];
}

const VERDICTS = JSON.parse(readFileSync(join(__dirname, 'verdicts.json'), 'utf8')) as readonly Verdict[];
/** Its 64-bit integers as texts: a number would round them. */
const CORPUS = JSON.parse(
  readFileSync(join(__dirname, 'corpus.json'), 'utf8').replace(/"(time|int|uint)":(-?\d+)/g, '"$1":"$2"'),
) as { readonly decode: Readonly<Record<string, Case>> };

const UNITS: Readonly<Record<string, LinePrecision>> = {
  '1ns': 'ns',
  '1us': 'us',
  '1µs': 'us',
  '1ms': 'ms',
  '1s': 's',
};

/** The cases of the corpus in which our verdicts differ from it: `\n` in a text stays two characters, and the tag `time` is reserved. */
const OTHERWISE = new Set(['m v="\\r"', 'm v="\\t"', 'm v="\\n"', 'cpu,tag0=v0,time=v0 value=1']);

const T = 1_700_000_000_000;
const at = T;

describe('the verdicts on line protocol', () => {
  it.each(VERDICTS.map(({ n, text, verdict, note }) => ({ n, text, verdict, note })))(
    '$n: $verdict $text ($note)',
    ({ n, text, verdict }) => {
      const { points, invalid } = readLines(text);
      // Times before 1970 are valid line protocol. Whether they can be stored is not for the parser to say.
      const isReadable = verdict === 'accept' || n === 41;
      expect({ points: points.length, invalid: invalid.length }).toEqual(
        isReadable ? { points: 1, invalid: 0 } : { points: 0, invalid: 1 },
      );
    },
  );

  it.each([
    ['a\\,b\\ c f=1', { measurement: 'a,b c' }],
    ['a\\=b f=1', { measurement: 'a\\=b' }],
    ['m,a\\,b\\=c\\ d=x\\,y\\=z\\ w f=1', { tags: [['a,b=c d', 'x,y=z w']] }],
    ['m,k=a\\nb f=1', { tags: [['k', 'a\\nb']] }],
    ['m,k=a\\\\b f=1', { tags: [['k', 'a\\\\b']] }],
    ['m,k="v" f=1', { tags: [['k', '"v"']] }],
    ['m a\\ b\\,c\\=d=1', { fields: [['a b,c=d', 1]] }],
    ['m s="a\\"b\\\\c\\n"', { fields: [['s', 'a"b\\c\\n']] }],
    ['m s="x=1, y"', { fields: [['s', 'x=1, y']] }],
    ['°C,ort=Zürich wärme=1.5', { measurement: '°C', tags: [['ort', 'Zürich']], fields: [['wärme', 1.5]] }],
    ['m f=9223372036854775807i', { fields: [['f', 9.223372036854776e18]] }],
    ['m f=1,f=2', { fields: [['f', 2]] }],
    [
      'm,type=dir type="dir",used=5',
      {
        tags: [['type', 'dir']],
        fields: [
          ['type', 'dir'],
          ['used', 5],
        ],
      },
    ],
    ['m time=1,f=2', { fields: [['f', 2]] }],
    [
      'm,b=2,a=1 f=1',
      {
        tags: [
          ['a', '1'],
          ['b', '2'],
        ],
      },
    ],
    ['\uFEFFm f=1', { measurement: 'm' }],
    [
      'm a=.5,b=5.,c=-.5,d=1e3,e=1.5E-3,g=1e+10,h=007,i=t,j=FALSE',
      {
        fields: [
          ['a', 0.5],
          ['b', 5],
          ['c', -0.5],
          ['d', 1000],
          ['e', 0.0015],
          ['g', 1e10],
          ['h', 7],
          ['i', true],
          ['j', false],
        ],
      },
    ],
  ])('reads %s', (line, expected) => {
    expect(readLines(line).points).toMatchObject([{ ...expected, at: undefined, number: 1 }]);
  });

  it.each([
    'm f=NaN',
    'm f=nan',
    'm f=Inf',
    'm f=-inf',
    'm f=yes',
    'm f=abc',
    'm f=tRUE',
    'm,=x f=1',
    'm,a f=1',
    'm, f=1',
    'm f=1,,g=2',
    'm f=1, g=2',
    'm f',
    'm',
    ',a=b f=1',
    'm =1',
    'm f=1 now',
    'm f=1 1700000000i',
    'm f=1 9223372036854775808',
    'm f=1 1 2',
    'm f=.',
    'm f=-',
    'm f=1e',
    'm f=i',
    'm f=1ii',
    'm f=18446744073709551616u',
    'm f=-9223372036854775809i',
    'm time=1',
    'm s="a',
    'm s="a\0"',
    'm f="x',
    'm f=1 +5',
  ])('refuses %j', (line) => {
    const { points, invalid } = readLines(`m before=1\n${line}\nm after=1\n`);
    expect(points.map(({ number, fields: [field] }) => [number, field?.[0]])).toEqual([
      [1, 'before'],
      [3, 'after'],
    ]);
    expect(invalid).toMatchObject([{ number: 2, text: line }]);
  });

  it('reads the times of each precision in milliseconds, and cuts finer digits off', () => {
    const times = [
      ['ns', '1700000000000999999', at],
      ['us', '1700000000000999', at],
      ['ms', '1700000000000', at],
      ['s', '1700000000', at],
      ['m', '28333333', 28_333_333 * 60_000],
      ['h', '472222', 472_222 * 3_600_000],
      ['auto', '1700000000', at],
      ['auto', '1700000000000', at],
      ['auto', '1700000000000000', at],
      ['auto', '1700000000000000000', at],
      ['ns', '0', 0],
      ['ns', '-1', -1],
      ['ns', '-1000000', -1],
      ['ns', '9223372036854775807', 9_223_372_036_854],
    ] as const;
    for (const [precision, text, expected] of times)
      expect([precision, text, readLines(`m f=1 ${text}`, { precision }).points[0]?.at]).toEqual([
        precision,
        text,
        expected,
      ]);
  });

  it('counts the lines that a text spans, and keeps the neighbors of a line of bad UTF-8', () => {
    const bad = Buffer.concat([
      Buffer.from('m s="a\nb"\n'),
      Buffer.from([0x6d, 0x20, 0xff, 0x3d, 0x31]),
      Buffer.from('\nm g=1'),
    ]);
    const { points, invalid } = readLines(bad);
    expect(points.map(({ number }) => number)).toEqual([1, 4]);
    expect(invalid).toMatchObject([{ number: 3, reason: 'line is not valid UTF-8' }]);
  });

  it('refuses each line of bad UTF-8 in a name that it has met before', () => {
    const line = Buffer.from([0x6d, 0x20, 0xff, 0x3d, 0x31, 0x0a]);
    const { points, invalid } = readLines(Buffer.concat([line, line, line]));
    expect(points).toEqual([]);
    expect(invalid.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('refuses texts beyond 64 KiB and lines beyond 1 MiB, and goes on after them', () => {
    const long = 'x'.repeat(65_536);
    const { points, invalid } = readLines(`m s="${long}"\nm s="${long}x"\nm ${'f=1,'.repeat(300_000)}g=1\nm f=1`, {
      parts: [500_000, 500_000, 300_000],
    });
    expect(points.map(({ number }) => number)).toEqual([1, 4]);
    expect(invalid.map(({ number, reason }) => [number, reason])).toEqual([
      [2, 'a text is longer than 64 KiB'],
      [3, 'line is longer than 1 MiB'],
    ]);
  });
});

describe('the corpus of influxdata/line-protocol', () => {
  it('is read alike, case by case', () => {
    const cases = Object.entries(CORPUS.decode);
    expect(cases).toHaveLength(6615);
    const others = cases.filter(([, { input, output }]) => {
      const body = typeof input.text === 'string' ? input.text : Buffer.from(input.text.binary, 'base64');
      const { points, invalid } = readLines(body, { precision: UNITS[input.precision] ?? 'ns' });
      if (output.error !== undefined) return invalid.length === 0;
      const read = points.map(({ measurement, tags, fields, at: time }) => [measurement, tags, fields, time]);
      return (
        invalid.length > 0 ||
        JSON.stringify(read) !==
          JSON.stringify((output.result ?? []).map((metric, index) => expectedOf(metric, points[index]?.at)))
      );
    });
    const bodies = others.map(([, { input }]) => input.text);
    expect(bodies.filter((body) => typeof body !== 'string' || !OTHERWISE.has(body))).toEqual([]);
  });
});

/** @param read a point without a time has none in our reading, and the default in the corpus */
function expectedOf({ name, tags = [], fields = [], time }: Metric, read: number | undefined) {
  const millis =
    read === undefined || time === undefined
      ? undefined
      : Number((BigInt(time) - (((BigInt(time) % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  const sorted = tags.map(({ key, value }) => [key, value]).sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
  const values = new Map<string, string | number | boolean>();
  for (const { key, value } of fields)
    if (key !== 'time')
      for (const [type, one] of Object.entries(value))
        values.set(key, type === 'int' || type === 'uint' ? Number(one) : one);
  return [name, sorted, [...values], millis];
}
