// test:all runs this on PostgreSQL too: statements read points by SQL of each database.
import { makeKey, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { makeInfluxQLScene, type InfluxQLScene } from './influxql-scene';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 2024-01-01. */
const START = 1_704_067_200_000;

let server: TestApp;
let scene: InfluxQLScene;

beforeAll(async () => {
  server = await startApp();
  scene = await makeInfluxQLScene(server);
});
afterAll(() => server.stop());

const rowsOf = async (statement: string) => {
  const answer = await scene.ask(statement);
  return Array.isArray(answer) ? (answer as { values: unknown[][] }[]).flatMap(({ values }) => values) : answer;
};

describe('InfluxQL', () => {
  it('shows data sources of the JSON API as measurements without tags', async () => {
    const dataSourceId = await makeSource(server, scene.bucketId, 'Living Room', { t: 'number' });
    const body = { dataSourceId, timestamp: new Date(START).toISOString(), values: { t: 21.5 } };
    const { status } = await server.call('POST', '/api/data', { key: scene.key, body });
    expect(status).toBe(201);
    expect(await scene.ask('SELECT * FROM "Living Room"')).toEqual([
      { name: 'Living Room', columns: ['time', 't'], values: [[START, 21.5]] },
    ]);
    expect(await rowsOf('SHOW SERIES FROM "Living Room"')).toEqual([[String.raw`Living\ Room`]]);
    expect(await scene.ask('SHOW TAG KEYS FROM "Living Room"')).toEqual([]);
  });

  it('shows a key that is bound to a data source only this one', async () => {
    await scene.write(`bound,host=a f=1 ${START}\nbound,host=b f=2 ${START}`);
    const { body } = await server.call('GET', `/api/buckets/${scene.bucketId}/sources?measurement=bound&tag=host:b`, {
      key: server.adminKey,
    });
    const [{ _id }] = body.dataSources;
    const { key } = await makeKey(server, scene.bucketId, 'read', { dataSourceId: _id });
    expect(await scene.ask('SELECT f, host FROM bound', { key })).toEqual([
      { name: 'bound', columns: ['time', 'f', 'host'], values: [[START, 2, 'b']] },
    ]);
    expect(await scene.ask('SHOW MEASUREMENTS', { key })).toEqual([
      { name: 'measurements', columns: ['name'], values: [['bound']] },
    ]);
    expect(await scene.ask('SHOW TAG VALUES WITH KEY = host', { key })).toMatchObject([{ values: [['host', 'b']] }]);
  });

  it('has the same aggregates from rollups as from points', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => {
      const at = START + index * 61_000;
      return `many,host=${'abc'[index % 3]} f=${Math.round(Math.sin(index) * 1000)},one=1 ${at}`;
    });
    await scene.write(lines.join('\n'));
    const functions = 'mean(f), sum(f), count(f), min(f), max(f), first(f), last(f), spread(f), stddev(f), median(f)';
    for (const group of ['time(1h)', 'time(1h), host', 'time(1d, 30m)', 'time(7m)', 'host'])
      for (const order of ['ASC', 'DESC']) {
        const within = `time >= ${START + 1234}ms AND time < ${START + 2 * DAY + 777}ms`;
        const clauses = `GROUP BY ${group} fill(none) ORDER BY time ${order}`;
        const parts = functions.split(', ');
        const one = await scene.ask(`SELECT ${parts.slice(0, 9).join(', ')} FROM many WHERE ${within} ${clauses}`);
        const other = await scene.ask(
          `SELECT ${parts.slice(0, 9).join(', ')} FROM many WHERE ${within} AND one = 1 ${clauses}`,
        );
        const each = await scene.ask(`SELECT ${functions} FROM many WHERE ${within} ${clauses}`);
        expect(rounded(one)).toEqual(rounded(other));
        expect(rounded(each, -1)).toEqual(rounded(one));
      }
  });

  it('streams rows beyond a page, once each and in order', async () => {
    const rows = (await rowsOf('SELECT one FROM many')) as [number, number][];
    expect(rows).toHaveLength(3000);
    expect(rows.every(([at], index) => at === START + index * 61_000)).toBe(true);
    const page = (await rowsOf('SELECT one FROM many ORDER BY time DESC LIMIT 3 OFFSET 1500')) as [number, number][];
    expect(page.map(([at]) => at)).toEqual([1499, 1498, 1497].map((index) => START + index * 61_000));
  });

  it('groups by the days of a time zone, also where they have 23 or 25 hours', async () => {
    const lines = Array.from(
      { length: 24 * 5 },
      (_, index) => `zone f=1 ${Date.parse('2024-03-29T00:00:00Z') + index * HOUR}`,
    );
    await scene.write(lines.join('\n'));
    const within = "time >= '2024-03-30' AND time < '2024-04-02'";
    expect(await rowsOf(`SELECT count(f) FROM zone WHERE ${within} GROUP BY time(1d) tz('Europe/Paris')`)).toEqual([
      [Date.parse('2024-03-29T23:00:00Z'), 24],
      [Date.parse('2024-03-30T23:00:00Z'), 23],
      [Date.parse('2024-03-31T22:00:00Z'), 24],
    ]);
  });

  it('ends open ranges of time buckets at the current time', async () => {
    const now = START + 2 * HOUR + 1;
    const [series] = (await scene.ask('SELECT count(f) FROM bound GROUP BY time(1h)', {
      key: scene.key,
      now,
    })) as any[];
    expect(series.values).toEqual([
      [START, 2],
      [START + HOUR, 0],
      [START + 2 * HOUR, 0],
    ]);
  });

  it.each([
    ['SELECT mean(f) FROM many GROUP BY time(1ms)', /^max-select-buckets limit exceeded/],
    ['SELECT mean(f) FROM many GROUP BY time(1u)', /milliseconds/],
    ['SELECT holt_winters(mean(f), 1, 1) FROM many GROUP BY time(1h)', /^holt_winters\(\) is not supported$/],
    ['SELECT integral(f) FROM many', /^integral\(\) is not supported$/],
    ['SELECT top(f, 1) FROM many', /^top\(\) is not supported$/],
    ['SELECT mode(f) FROM many', /^mode\(\) is not supported$/],
  ])('refuses %s', async (statement, error) => {
    expect(await scene.ask(statement)).toMatch(error);
  });

  it.each(['__proto__', 'toString', 'constructor', 'hasOwnProperty'])(
    'treats the name %s as any other',
    async (name) => {
      expect(await scene.ask(`SELECT "${name}", f FROM bound WHERE "${name}" = ''`)).toMatchObject([
        {
          columns: ['time', name, 'f'],
          values: [
            [START, null, 1],
            [START, null, 2],
          ],
        },
      ]);
      expect(await scene.ask(`SELECT "${name}"(f) FROM bound`)).toMatch(/undefined function/);
      expect(await scene.ask(`SELECT f FROM "${name}"`)).toEqual([]);
    },
  );
});

/** Without the last digits, which depend on the order of additions. @param end where the rows are cut */
function rounded(answer: unknown, end?: number): unknown {
  return (answer as { values: (number | null)[][] }[]).map((series) => ({
    ...series,
    columns: undefined,
    values: series.values.map((row) => row.slice(0, end).map((cell) => cell && Number(cell.toPrecision(10)))),
  }));
}
