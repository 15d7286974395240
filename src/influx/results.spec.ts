import type { Cell, Series } from '../influxql/answer';
import { InfluxQLError } from '../influxql/influxql-error';
import { chunkedResults } from './chunked-results';
import { csvResults } from './csv-results';
import { epochOf, shownIn } from './epochs';
import { IndentedJson } from './indented-json';
import { jsonResults } from './json-results';
import type { StatementResult } from './statement-results';

const T = 1_700_000_000_000;
const NO_LIMIT = 1_000_000;

/** A series with `host` as its tag, whose pages have one row each. */
function seriesOf(host: string, rows: readonly (readonly Cell[])[], columns = ['time', 'v']): Series {
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* pages() {
    for (const row of rows) yield [row];
  }
  return { name: 'm', tags: { host }, columns, hasTime: true, pages: pages() };
}
function resultOf(id: number, series: readonly Series[], error?: Error): StatementResult {
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* all() {
    yield* series;
    if (error) throw error;
  }
  return { id, series: all(), showTime: shownIn('ms') };
}
async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
const A = () => seriesOf('a', [[T, 1], [T + 1000, null]]); // prettier-ignore
const B = () => seriesOf('b, c', [[T + 500, 'x,"y"']], ['time', 's']);
const shownA = { name: 'm', tags: { host: 'a' }, columns: ['time', 'v'], values: [[T, 1], [T + 1000, null]] }; // prettier-ignore
const shownB = { name: 'm', tags: { host: 'b, c' }, columns: ['time', 's'], values: [[T + 500, 'x,"y"']] };

describe('JSON', () => {
  const shown = async (results: StatementResult[], limit = NO_LIMIT) =>
    JSON.parse(await textOf(jsonResults(results, limit))) as unknown;

  it('has a result for each statement, also without data', async () => {
    expect(await shown([resultOf(0, [A(), B()]), resultOf(1, []), resultOf(2, [seriesOf('a', [])])])).toEqual({
      results: [
        { statement_id: 0, series: [shownA, shownB] },
        { statement_id: 1 },
        { statement_id: 2, series: [{ name: 'm', tags: { host: 'a' }, columns: ['time', 'v'] }] },
      ],
    });
    expect(await shown([])).toEqual({});
  });

  it('has the error of a statement beside what was sent before, and ends there', async () => {
    const failing = resultOf(0, [A()], new InfluxQLError('it is "wrong"'));
    expect(await shown([failing, resultOf(1, [B()])])).toEqual({
      results: [{ statement_id: 0, series: [shownA], error: 'it is "wrong"' }],
    });
  });

  it('ends with an error once it exceeds the limit of bytes', async () => {
    expect(await shown([resultOf(0, [A(), B()]), resultOf(1, [])], 20)).toEqual({
      results: [
        {
          statement_id: 0,
          series: [{ ...shownA, values: [[T, 1]] }],
          error: 'the answer exceeds 20 bytes: select fewer rows, or send chunked=true or Accept: text/csv',
        },
      ],
    });
  });

  it('is cut off by a failure of the server', async () => {
    const failing = resultOf(0, [A()], new Error('a bug'));
    await expect(textOf(jsonResults([failing], NO_LIMIT))).rejects.toThrow('a bug');
  });

  it('is indented as JSON.stringify does, whatever the pieces are', () => {
    const value = { a: [], b: {}, c: [[1, 'x{":,]\\"'], [null]], d: { e: { f: [true] } }, '"': '\\' };
    const text = JSON.stringify(value);
    for (let size = 1; size < 8; size++) {
      const indent = new IndentedJson();
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      expect(pieces.map((piece) => indent.add(piece)).join('')).toBe(JSON.stringify(value, null, 4));
    }
  });
});

describe('chunks', () => {
  it('come page by page, however many rows a chunk may have', async () => {
    const rows = Array.from({ length: 50 }, (_, index): Cell[] => [T + index, index]);
    const pieces: string[] = [];
    for await (const piece of chunkedResults([resultOf(0, [seriesOf('a', rows)])], 100_000)) pieces.push(piece);
    expect(pieces.length).toBeGreaterThanOrEqual(50);
    expect(pieces.every((piece) => (piece.match(/\[\d+,\d+\]/g) ?? []).length <= 1)).toBe(true);
    expect(JSON.parse(pieces.join(''))).toEqual({
      results: [{ statement_id: 0, series: [{ ...shownA, values: rows }] }],
    });
  });

  const lines = async (results: StatementResult[], rows: number) =>
    (await textOf(chunkedResults(results, rows)))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { results: object[] }).results[0]);

  it('say which have more rows or series after them', async () => {
    const failing = resultOf(2, [A()], new InfluxQLError('wrong'));
    const [row, other] = shownA.values;
    expect(await lines([resultOf(0, [A(), B()]), resultOf(1, []), failing, resultOf(3, [])], 1)).toEqual([
      { statement_id: 0, series: [{ ...shownA, values: [row], partial: true }], partial: true },
      { statement_id: 0, series: [{ ...shownA, values: [other] }], partial: true },
      { statement_id: 0, series: [shownB] },
      { statement_id: 1 },
      { statement_id: 2, series: [{ ...shownA, values: [row], partial: true }], partial: true },
      { statement_id: 2, series: [{ ...shownA, values: [other] }], partial: true },
      { statement_id: 2, error: 'wrong' },
    ]);
  });
});

describe('CSV', () => {
  it('has a header for each other set of columns, and the error as a table', async () => {
    const failing = resultOf(1, [A()], new InfluxQLError('wrong, "so"'));
    const text = await textOf(csvResults([resultOf(0, [A(), B()]), failing, resultOf(2, [A()])]));
    expect(text).toBe(
      `name,tags,time,v\nm,host=a,${T},1\nm,host=a,${T + 1000},\n\n` +
        `name,tags,time,s\nm,"host=b\\,\\ c",${T + 500},"x,""y"""\n\n` +
        `name,tags,time,v\nm,host=a,${T},1\nm,host=a,${T + 1000},\n\nerror\n"wrong, ""so"""\n`,
    );
  });
});

describe('times', () => {
  it.each([
    ['ns', T + 500, '1700000000500000000'],
    ['n', T + 500, '1700000000500000000'],
    ['u', T + 500, '1700000000500000'],
    ['µ', T + 500, '1700000000500000'],
    ['ms', T + 500, '1700000000500'],
    ['s', T + 500, '1700000000'],
    ['m', T + 500, '28333333'],
    ['h', T + 500, '472222'],
    ['', T + 500, '"2023-11-14T22:13:20.5Z"'],
    ['', T, '"2023-11-14T22:13:20Z"'],
    ['ns', 0, '0'],
    ['s', -1, '0'],
  ])('with epoch=%s, %d is %s', (epoch, at, shown) => expect(shownIn(epochOf(epoch))(at)).toBe(shown));

  it('are on the clock of a time zone', () => {
    expect(shownIn(undefined, 'Europe/Paris')(T)).toBe('"2023-11-14T23:13:20+01:00"');
    expect(shownIn(undefined, 'Europe/London')(T + 120)).toBe('"2023-11-14T22:13:20.12Z"');
  });
});
