import { PointStore } from '../../src/points/point-store';
import { WorkScheduler } from '../../src/scheduling/work-scheduler';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';
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

const ask = (statement: string, signal?: AbortSignal) =>
  fetch(`${server.url}/query?${new URLSearchParams({ db: 'tt', q: statement }).toString()}`, {
    headers: { Authorization: `Token ${scene.key}` },
    ...(signal && { signal }),
  });

it.each([
  ['of points', 'SELECT v FROM m'],
  ['of points that a condition chooses', 'SELECT v FROM m WHERE v >= 0'],
  [
    'of aggregates',
    `SELECT median(v) FROM m WHERE time >= ${START}ms AND time < ${START + POINTS * 10}ms GROUP BY time(1m)`,
  ],
  ['after others', 'SHOW DATABASES; SELECT v FROM m; SELECT v FROM m'],
])('a statement %s ends when the client disconnects', async (_, statement) => {
  const store = server.app.get(PointStore);
  const reads = jest.spyOn(store, 'read');
  expect(await (await ask(statement)).json()).not.toHaveProperty('error');
  const needed = reads.mock.calls.length;
  expect(needed).toBeGreaterThan(5);

  reads.mockClear();
  const http = server.app.getHttpServer();
  const gone = new Promise((resolve) => http.once('request', ({ socket }) => socket.once('close', resolve)));
  const controller = new AbortController();
  reads.mockImplementationOnce(async (...args) => {
    controller.abort();
    await gone;
    return store.read(...args);
  });
  await expect(ask(statement, controller.signal).then((answer) => answer.text())).rejects.toThrow(/abort/i);
  await until('the statement has ended', () => server.app.get(WorkScheduler).load.running === 0);
  expect(reads.mock.calls.length).toBeLessThan(needed / 2);
  expect(server.logs.filter((line) => line.includes('failed'))).toEqual([]);
});
