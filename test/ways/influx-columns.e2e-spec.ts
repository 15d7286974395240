import { MOST_VALUES_OF_AVERAGES } from '../../src/influxql/evaluator';
import { InfluxQLService } from '../../src/influxql/influxql.service';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const ROWS = 400;
const COLUMNS = 3000;
/** A page may exceed its bound by the times of its rows. */
const MOST_CELLS = 21_000;

let server: TestApp;
let bucketId: string;
let readKey: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  readKey = (await makeKey(server, bucketId, 'read')).key;
  const { key } = await makeKey(server, bucketId, 'write');
  const lines = Array.from({ length: ROWS }, (_, index) => `m a=${index},b=1,c=2 ${1_700_000_000 + index}000000000`);
  const headers = { Authorization: `Token ${key}` };
  const written = await fetch(`${server.url}/api/v2/write`, { method: 'POST', headers, body: lines.join('\n') });
  expect(written.status).toBe(204);
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

interface Answer {
  readonly results: { readonly error?: string; readonly series?: { readonly values: unknown[][]; partial?: true }[] }[];
}

async function ask(statement: string, parameters = ''): Promise<string> {
  const answer = await fetch(`${server.url}/query?db=${bucketId}${parameters}`, {
    method: 'POST',
    headers: { Authorization: `Token ${readKey}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `q=${statement.replaceAll(' ', '+')}`,
  });
  return answer.text();
}

const repeated = (count: number, part: string) => Array(count).fill(part).join(',');

/** Records how many cells each page of the answers has. */
function recordPages(): number[] {
  const cells: number[] = [];
  const influxql = server.app.get(InfluxQLService);
  const run = influxql.run.bind(influxql);
  jest.spyOn(influxql, 'run').mockImplementation(async function* (...call) {
    for await (const series of run(...call)) {
      const pages = async function* () {
        for await (const page of series.pages) {
          cells.push(page.reduce((sum, row) => sum + row.length, 0));
          yield page;
        }
      };
      yield { ...series, pages: pages() };
    }
  });
  return cells;
}

it.each([
  { name: 'rows', statement: `SELECT ${repeated(COLUMNS / 3, '*')} FROM m` },
  {
    name: 'time buckets',
    statement: `SELECT ${repeated(COLUMNS / 3, 'max(*)')} FROM m WHERE time >= 1700000000s AND time < 1700000400s GROUP BY time(1s)`,
  },
])('computes a bounded number of cells of wide $name at a time', async ({ statement }) => {
  const cells = recordPages();
  const answer = JSON.parse(await ask(statement)) as Answer;
  const [series] = answer.results[0]?.series ?? [];
  expect(series?.values).toHaveLength(ROWS);
  expect(cells.reduce((sum, count) => sum + count)).toBe(ROWS * (COLUMNS + 1));
  expect(Math.max(...cells)).toBeLessThan(MOST_CELLS);
});

it('reads no more of a statement than as many columns as it may have', async () => {
  expect(JSON.parse(await ask(`SELECT ${repeated(1001, 'a')},"without end`))).toEqual({
    error: 'error parsing query: more than 1000 fields in SELECT',
  });
});

it('bounds the values that moving averages keep, all together', async () => {
  const averages = (count: number) => ask(`SELECT ${repeated(count, 'moving_average(a,100000)')} FROM m`);
  expect(JSON.parse(await averages(10))).toEqual({ results: [{ statement_id: 0 }] });
  expect((JSON.parse(await averages(11)) as Answer).results[0]?.error).toBe(
    `the windows of moving_average must not have more than ${MOST_VALUES_OF_AVERAGES} values in all`,
  );
});
