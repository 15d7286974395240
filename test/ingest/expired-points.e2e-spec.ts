import { breakIn } from '../support/intruder';
import { makeBucket, makeOrganization, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let server: TestApp;
let admin: string;
let bucketId: string;
let sourceId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  admin = await makeOrganization(server);
  bucketId = await makeBucket(server, 'Greenhouse', admin);
  sourceId = await makeSource({ ...server, adminKey: admin }, bucketId);
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, key = admin) => server.call(method, path, { key, body });
const keep = (retentionDays: number | null) => call('PATCH', `/api/buckets/${bucketId}`, { retentionDays });
const send = (ages: readonly number[], query = '', dataSourceId = sourceId) => {
  const now = Date.now();
  const dataPoints = ages.map((age, index) => ({ dataSourceId, timestamp: now - age, values: { t: index } }));
  return call('POST', `/api/data/batch${query}`, { bucketId, dataPoints });
};
const statsOf = async (path: string) => {
  const { body } = await call('GET', path);
  return (body.bucket ?? body.dataSource).stats;
};
const sourcePath = () => `/api/buckets/${bucketId}/sources/${sourceId}`;

describe('a point that is older than the retention', () => {
  const SENTENCE = "timestamp is older than the bucket's retention of 90 days";

  it.each([
    [90, SENTENCE],
    [1, "timestamp is older than the bucket's retention of 1 day"],
  ])('is rejected with a retention of %s days', async (days, sentence) => {
    await keep(days);
    const point = (age: number) => ({
      bucketId,
      dataSourceId: sourceId,
      timestamp: Date.now() - age,
      values: { t: 1 },
    });
    const old = await call('POST', '/api/data', point(days * DAY + 1000));
    expect(seen(old)).toEqual(refused(400, 'Validation Error', sentence));
    expect((await call('POST', '/api/data', point(days * DAY - MINUTE))).status).toBe(201);
    expect((await statsOf(sourcePath())).dataPointCount).toBe(1);
  });

  it('is listed in the details of a batch with its code, without a limit, and the rest can be sent', async () => {
    await keep(90);
    const now = Date.now();
    const isOld = (index: number) => index % 7 !== 3;
    const dataPoints = Array.from({ length: 200 }, (_, index) => ({
      dataSourceId: sourceId,
      timestamp: now - (isOld(index) ? 91 * DAY : DAY) - index,
      values: { t: index },
    }));
    const { status, body } = await call('POST', '/api/data/batch', { bucketId, dataPoints });
    expect([status, body.message]).toEqual([400, SENTENCE]);
    expect(body.details).toEqual(
      [...dataPoints.keys()].filter(isOld).map((index) => ({
        path: ['body', 'dataPoints', index, 'timestamp'],
        message: SENTENCE,
        code: 'point_expired',
      })),
    );
    expect((await statsOf(sourcePath())).dataPointCount).toBe(0);
    const dropped = new Set(body.details.map(({ path }: { path: unknown[] }) => path[2]));
    const rest = dataPoints.filter((_, index) => !dropped.has(index));
    expect((await call('POST', '/api/data/batch', { bucketId, dataPoints: rest })).body.inserted).toBe(29);
  });

  it.each([
    ['values', { values: { t: 'x' } }, 't must be a number'],
    ['metadata', { metadata: [] }, 'metadata must be an object of up to 20 strings, numbers, booleans or nulls'],
  ])('is listed together with another problem: %s', async (_, wrong, message) => {
    await keep(90);
    const good = { dataSourceId: sourceId, values: { t: 1 } };
    const old = { ...good, timestamp: Date.now() - 91 * DAY };
    const dataPoints = [good, old, { ...good, ...wrong }, old];
    const { body } = await call('POST', '/api/data/batch', { bucketId, dataPoints });
    const reported = body.details.map(({ path, ...more }: { path: unknown[] }) => [path[2], more]);
    const expired = { message: SENTENCE, code: 'point_expired' };
    expect(reported).toEqual([
      [1, expired],
      [2, { message }],
      [3, expired],
    ]);
  });

  it('is the only point rejected with partial=true', async () => {
    await keep(90);
    const { status, body } = await send([DAY, 100 * DAY, HOUR], '?partial=true');
    expect([status, body]).toEqual([
      207,
      {
        message: 'Batch ingested in part',
        inserted: 2,
        updated: 0,
        duplicates: 0,
        rejected: 1,
        errors: [{ index: 1, message: SENTENCE, code: 'point_expired' }],
      },
    ]);
  });

  it('is not reported to a key without access to the bucket', async () => {
    await keep(90);
    const key = await makeOrganization(server);
    const dataPoints = [
      { dataSourceId: sourceId, values: { t: 1 }, timestamp: 1e12 },
      { dataSourceId: sourceId, values: { t: 1 }, timestamp: 'x' },
    ];
    const { body } = await call('POST', '/api/data/batch', { bucketId, dataPoints }, key);
    expect(body.details).toHaveLength(1);
    expect(seen(await call('POST', '/api/data/batch', { bucketId, dataPoints: [dataPoints[0]] }, key))).toEqual(
      refused(404, 'Not Found', 'Bucket not found'),
    );
  });

  it('is kept if it was stored before, and counts neither as a duplicate nor as new data', async () => {
    await send([100 * DAY]);
    await keep(90);
    const before = (await call('GET', '/api/analytics/overview')).body.overview.recentActivity.lastDataIngestion;
    expect((await send([100 * DAY])).status).toBe(400);
    const { recentActivity } = (await call('GET', '/api/analytics/overview')).body.overview;
    expect(recentActivity.lastDataIngestion).toBe(before);
    const intruder = await breakIn(server.database);
    const [row] = await intruder.rows(
      `SELECT count(*) AS n FROM points p JOIN data_sources s ON s.number = p.source WHERE s.id = '${sourceId}'`,
    );
    await intruder.leave();
    expect(Number(row?.n)).toBe(1);
  });
});
