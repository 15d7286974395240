// test:all runs this on PostgreSQL too: statements read points by SQL of each database.
import { readsWithAndWithoutLeaving } from '../support/leave';
import { startApp, type TestApp } from '../support/test-app';
import { makeInfluxQLScene, type InfluxQLScene } from './influxql-scene';

const POINTS = 40_000;
const START = 1_700_000_000_000;

let server: TestApp;
let scene: InfluxQLScene;
beforeAll(async () => {
  server = await startApp();
  scene = await makeInfluxQLScene(server);
  await scene.write(Array.from({ length: POINTS }, (_, index) => `m v=${index} ${START + index * 10}`).join('\n'));
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

/** A whole response: it is sent while points are read. */
async function ask(statement: string, signal?: AbortSignal): Promise<Response> {
  const path = `/query?${new URLSearchParams({ db: 'tt', q: statement }).toString()}`;
  const response = await fetch(server.url + path, {
    headers: { Authorization: `Token ${scene.key}` },
    ...(signal && { signal }),
  });
  expect(await response.json()).not.toHaveProperty('error');
  return response;
}

it.each([
  ['of points', 'SELECT v FROM m'],
  ['of points that a condition chooses', 'SELECT v FROM m WHERE v >= 0'],
  [
    'of aggregates',
    `SELECT median(v) FROM m WHERE time >= ${START}ms AND time < ${START + POINTS * 10}ms GROUP BY time(1m)`,
  ],
  ['after others', 'SHOW DATABASES; SELECT v FROM m; SELECT v FROM m'],
])('a statement %s ends when the client disconnects', async (_, statement) => {
  const { whole, left } = await readsWithAndWithoutLeaving(server, (signal) => ask(statement, signal));
  expect(whole).toBeGreaterThan(5);
  expect(left).toBeLessThan(whole / 2);
  expect(server.logs.filter((line) => line.includes('failed'))).toEqual([]);
});
