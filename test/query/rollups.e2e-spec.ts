import { RollupRebuild } from '../../src/points/rollup-rebuild';
import { breakIn, type Intruder } from '../support/intruder';
import { makeBucket } from '../support/make';
import { runProgram } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const START = Date.UTC(2024, 0, 15);
const COUNT = 12_000;

let database: TestDatabase;
let server: TestApp;
let intruder: Intruder;
let bucketId: string;
beforeEach(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
  intruder = await breakIn(database);
  bucketId = await makeBucket(server);
  for (const name of ['one', 'two']) {
    const schema = { temperature: 'number', door: 'boolean', note: 'string' };
    const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name, schema });
    for (let start = 0; start < COUNT; start += 1000) {
      const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
        dataSourceId: body.dataSource._id,
        timestamp: START + (start + index) * 7919,
        values: { temperature: (start + index) / 8, door: index % 3 === 0, note: `n${index % 5}` },
      }));
      await call('POST', '/api/data/batch', { bucketId, dataPoints });
    }
  }
});
afterEach(async () => {
  await intruder.leave();
  await server.stop();
  await database.remove();
});

const call = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });
const rebuild = () => runProgram('cli.js', ['rollups:rebuild'], { DATABASE_URL: database.url });

async function answers(): Promise<unknown[]> {
  const hourly = {
    bucketId,
    aggregation: ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'stddev'],
    groupBy: 'hour',
  };
  const { data } = (await call('POST', '/api/data/query', { ...hourly, filters: { limit: 10_000 } })).body;
  const { stats } = (await call('GET', `/api/buckets/${bucketId}`)).body.bucket;
  return [data, stats];
}

/** Corrupts the rollups and totals in several ways. */
async function spoil(): Promise<void> {
  await intruder.run('DELETE FROM rollups WHERE source = 1 AND quarter % 3 = 0');
  await intruder.run('UPDATE rollups SET n = n + 1, sum = 0, last = 5 WHERE source = 2 AND quarter % 2 = 0');
  await intruder.run('UPDATE rollups SET quarter = quarter + 1000000 WHERE source = 2 AND quarter % 5 = 0');
  await intruder.run('UPDATE rollups SET slot = 90 WHERE source = 1 AND slot = 6 AND quarter % 7 = 1');
  await intruder.run('UPDATE point_totals SET count = 3');
}

describe('npm run rollups:rebuild', () => {
  it('repairs wrong rollups, and is logged in the audit log', async () => {
    const before = await answers();
    await spoil();
    expect(await answers()).not.toEqual(before);
    const { code, stdout } = await rebuild().ended;
    expect([code, stdout]).toEqual([0, `The rollups of ${2 * COUNT} points are rebuilt\n`]);
    expect(await answers()).toEqual(before);
    expect(await intruder.rows('SELECT count(*) AS n FROM rollups WHERE slot = 90')).toEqual([
      { n: expect.anything() },
    ]);
    const [{ n } = { n: 1 }] = await intruder.rows(
      'SELECT count(*) AS n FROM rollups WHERE slot = 90 OR quarter > 2000000',
    );
    expect(Number(n)).toBe(0);
  });

  it('changes nothing if all rollups are correct', async () => {
    const all = 'SELECT * FROM rollups ORDER BY source, slot, quarter';
    const before = await intruder.rows(all);
    await rebuild().ended;
    const near = (rows: readonly Record<string, unknown>[]) =>
      // Sums in another order may differ in the last digits.
      rows.map((row) => ({ ...row, m2: row.m2 === null ? null : Number(Number(row.m2).toPrecision(9)) }));
    expect(near(await intruder.rows(all))).toEqual(near(before));
  });

  it('resumes where it was interrupted', async () => {
    const before = await answers();
    await spoil();
    const reported: number[] = [];
    const first = await server.app.get(RollupRebuild).run(
      (done) => reported.push(done),
      () => reported.length === 3,
    );
    expect([first.done, first.points, reported.length]).toEqual([false, reported.at(-1), 3]);
    expect(first.points).toBeLessThan(2 * COUNT);
    const more: number[] = [];
    const second = await server.app.get(RollupRebuild).run(
      (done) => more.push(done),
      () => false,
    );
    expect(second).toEqual({ points: 2 * COUNT, done: true });
    expect(more[0]).toBeGreaterThan(first.points);
    expect(await answers()).toEqual(before);
  });

  it('stops cleanly on Ctrl-C', async () => {
    const running = rebuild();
    running.child.stderr?.once('data', () => running.child.kill('SIGINT'));
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Interrupted. Run the same command again to continue/)]);
    expect((await rebuild().ended).stdout).toBe(`The rollups of ${2 * COUNT} points are rebuilt\n`);
  });
});
