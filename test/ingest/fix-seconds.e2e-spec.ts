// npm test leaves this out: large tables.
import { userInfo } from 'node:os';
import { SecondsFix } from '../../src/points/seconds-fix';
import { makeBucket } from '../support/make';
import { runProgram } from '../support/process';
import { ABSENT_ID } from '../support/refusals';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const SCHEMA = { t: 'number', door: 'boolean', note: 'string' };
/** 2024-01-15, in seconds. */
const START = 1_705_276_800;

interface Sent {
  readonly seconds: number;
  readonly values: object;
  readonly metadata?: object;
}

let database: TestDatabase;
let server: TestApp;
let bucketId: string;
let wrong: string;
let right: string;
beforeAll(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
});
beforeEach(async () => {
  bucketId = await makeBucket(server);
  [wrong, right] = [await makeSource('Wrong'), await makeSource('Right')];
});
afterAll(async () => {
  await server.stop();
  await database.remove();
});

const call = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });
async function makeSource(name: string): Promise<string> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name, schema: SCHEMA });
  return body.dataSource._id as string;
}
/** Stores points at these seconds, or at the times of a device that sent seconds as milliseconds. */
async function store(dataSourceId: string, points: readonly Sent[], unitMillis: number): Promise<void> {
  for (let start = 0; start < points.length; start += 1000) {
    const dataPoints = points.slice(start, start + 1000).map(({ seconds, ...more }) => ({
      ...{ dataSourceId, timestamp: new Date(seconds * unitMillis).toISOString(), ...more },
    }));
    const { status } = await call('POST', '/api/data/batch', { bucketId, dataPoints });
    if (status !== 201) throw new Error('The points are not stored');
  }
}
const storeWrong = (points: readonly Sent[]) => store(wrong, points, 1);
const storeRight = (points: readonly Sent[], sourceId = right) => store(sourceId, points, 1000);

async function rawOf(dataSourceId: string): Promise<unknown[]> {
  const filters = { dataSourceId, limit: 10_000, sort: 'asc' };
  const { body } = await call('POST', '/api/data/query', { bucketId, filters, downsampling: false });
  return body.data.map(({ timestamp, values, metadata }: Record<string, unknown>) => [timestamp, values, metadata]);
}
/** The points of a source, with aggregates from its rollups and its totals. */
async function saidOf(dataSourceId: string): Promise<unknown> {
  const filters = { dataSourceId, limit: 10_000, fields: ['t'] };
  const aggregation = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last'];
  const grouped = await call('POST', '/api/data/query', { bucketId, filters, aggregation, groupBy: 'hour' });
  const rows = grouped.body.data.map((row: object) => ({ ...row, dataSourceId: undefined }));
  const { body } = await call('GET', `/api/buckets/${bucketId}/sources/${dataSourceId}`);
  return { raw: await rawOf(dataSourceId), rows, stats: body.dataSource.stats };
}
const fix = (...args: string[]) =>
  runProgram('cli.js', ['data:fix-seconds', '--source', wrong, ...args], { DATABASE_URL: database.url }).ended;
const points = (count: number, start = START): Sent[] =>
  Array.from({ length: count }, (_, index) => ({
    seconds: start + index * 60,
    values: { t: (index * 7) % 50, door: index % 2 === 0, ...(index % 3 === 0 && { note: `n${index}` }) },
    metadata: { device: index % 2 },
  }));

describe('npm run data:fix-seconds', () => {
  it('moves points to their intended time, with rollups and counts, and writes an audit event', async () => {
    // All are in one rollup window of 1970, which takes more than one step.
    const sent = points(1300);
    await storeWrong(sent);
    await storeRight(sent);
    const overview = async () =>
      (await call('GET', '/api/analytics/overview')).body.overview.recentActivity.lastDataIngestion as string;
    const arrival = await overview();
    const expected = await saidOf(right);
    expect(await saidOf(wrong)).not.toEqual(expected);
    expect((await fix('--dry-run')).stdout).toBe(
      '1300 points would be moved, from 2024-01-15T00:00:00.000Z to 2024-01-15T21:39:00.000Z\n',
    );
    expect(await saidOf(wrong)).not.toEqual(expected);
    const { code, stdout } = await fix();
    expect([code, stdout]).toEqual([0, '1300 points moved, 0 duplicates removed, 0 left in place\n']);
    expect(await saidOf(wrong)).toEqual(expected);
    expect(await overview()).toBe(arrival);
    const { body } = await call('GET', `/api/audit?action=data.secondsFixed&bucketId=${bucketId}`);
    expect(body.auditEvents).toMatchObject([
      {
        actor: { type: 'command line', user: userInfo().username },
        target: { type: 'data source', _id: wrong, name: 'Wrong' },
        details: { moved: 1300, duplicates: 0, conflicts: 0, outcome: 'done' },
      },
    ]);
    expect((await fix()).stdout).toBe('0 points moved, 0 duplicates removed, 0 left in place\n');
    expect(await saidOf(wrong)).toEqual(expected);
  });

  it('does not move or replace other points', async () => {
    const [first, second, third] = points(3) as [Sent, Sent, Sent];
    const other = { ...second, values: { t: -1 } };
    // A device that sends its uptime, a genuine time in 1972, a current time, and points already stored at the intended times.
    const kept = [{ seconds: 12.345, values: { t: 5 } }, { seconds: 70_000_000, values: { t: 6 } }, first, other];
    await storeWrong([first, second, third]);
    for (const sourceId of [wrong, right]) await storeRight(kept, sourceId);
    const { code, stdout, stderr } = await fix();
    expect([code, stdout]).toEqual([1, '1 points moved, 1 duplicates removed, 1 left in place\n']);
    expect(stderr).toMatch(/a point with other values is stored at their time/);
    await storeRight([third]);
    await store(right, [second], 1);
    expect(await saidOf(wrong)).toEqual(await saidOf(right));
    expect((await fix()).stdout).toBe('0 points moved, 0 duplicates removed, 1 left in place\n');
  });

  it('resumes after an interruption, also within a window', async () => {
    const sent = points(1500, START + 205_200);
    await storeWrong(sent);
    await storeRight(sent);
    const service = server.app.get(SecondsFix);
    const source = await service.find(wrong);
    if (!source) throw new Error('There is no source');
    const progress: number[] = [];
    for (let run = 0; run < 3; run++) {
      const fixed = await service.run(
        source,
        (done) => progress.push(done),
        () => true,
      );
      expect(fixed.done).toBe(false);
    }
    // A window ends after 300 points. The other 1200 take two steps.
    expect(progress).toEqual([300, 1300, 1500]);
    const { code, stdout } = await fix();
    expect([code, stdout]).toEqual([0, '1500 points moved, 0 duplicates removed, 0 left in place\n']);
    expect(await saidOf(wrong)).toEqual(await saidOf(right));
  });

  it('rejects unknown sources and options', async () => {
    const cli = (...args: string[]) =>
      runProgram('cli.js', ['data:fix-seconds', ...args], { DATABASE_URL: database.url }).ended;
    expect(await cli('--source', ABSENT_ID)).toMatchObject({ code: 1, stderr: 'Data source not found\n' });
    expect((await cli()).code).toBe(2);
    expect((await cli('--source', 'x')).code).toBe(2);
    expect((await cli('--source', wrong, '--bucket', bucketId)).code).toBe(2);
  });
});
