import { PointStore } from '../../src/points/point-store';
import { makeBucket } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const START = Date.UTC(2024, 0, 15);

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

describe('GET /api/data/latest?mode=fields', () => {
  const latest = async (query: string) =>
    server.call('GET', `/api/data/latest?bucketId=${bucketId}&mode=fields${query}`, { key: server.adminKey });

  async function sparse(): Promise<{ id: string; send: (points: readonly object[]) => Promise<unknown> }> {
    const schema = { level: 'number', door: 'boolean', note: 'string', never: 'number' };
    const path = `/api/buckets/${bucketId}/sources`;
    const { body } = await server.call('POST', path, { key: server.adminKey, body: { name: 'Sparse', schema } });
    const id = body.dataSource._id as string;
    const send = async (points: readonly object[]) => {
      const dataPoints = points.map((point) => ({ dataSourceId: id, ...point }));
      const answer = await server.call('POST', '/api/data/batch', {
        key: server.adminKey,
        body: { bucketId, dataPoints },
      });
      expect(answer.status).toBe(201);
    };
    return { id, send };
  }
  const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

  it('returns the last value of each field with its time, also if later points lack the field', async () => {
    const { id, send } = await sparse();
    await send([
      { timestamp: at(0), values: { door: true, note: 'a' } },
      { timestamp: at(86_400 * 100), values: { door: false } },
      { timestamp: at(86_400 * 200), values: { level: 0 } },
      { timestamp: at(86_400 * 150), values: { level: 7 } },
    ]);
    const expected = {
      dataSourceId: id,
      timestamp: at(86_400 * 200),
      values: {
        level: { value: 0, timestamp: at(86_400 * 200) },
        door: { value: false, timestamp: at(86_400 * 100) },
        note: { value: 'a', timestamp: at(0) },
      },
    };
    expect((await latest(`&dataSourceId=${id}`)).body).toEqual({ data: [expected] });
    // A replaced point, a deleted point, and a point with the same time and other metadata.
    await send([
      { timestamp: at(0), values: { note: 'b' }, metadata: { device: 2 } },
      { timestamp: at(86_400 * 100), values: { door: true } },
    ]);
    const gone = { bucketId, dataSourceId: id, startTime: at(86_400 * 180), endTime: at(86_400 * 300) };
    await server.call('DELETE', '/api/data', { key: server.adminKey, body: gone });
    expect((await latest(`&dataSourceId=${id}`)).body.data[0]).toMatchObject({
      timestamp: at(86_400 * 150),
      values: { level: { value: 7 }, door: { value: true }, note: { value: 'b', timestamp: at(0) } },
    });
  });

  it('leaves out expired values, also within the rollup window of the expiry', async () => {
    const { id, send } = await sparse();
    const ago = (millis: number) => new Date(Date.now() - millis).toISOString();
    const DAY = 86_400_000;
    await send([
      { timestamp: ago(30 * DAY), values: { note: 'hidden' } },
      { timestamp: ago(7 * DAY + 1000), values: { door: true, level: 1 } },
      { timestamp: ago(7 * DAY - 60_000), values: { level: 2 } },
    ]);
    const keep = (retentionDays: number | null) =>
      server.call('PATCH', `/api/buckets/${bucketId}`, { key: server.adminKey, body: { retentionDays } });
    await keep(7);
    const { values } = (await latest(`&dataSourceId=${id}`)).body.data[0];
    await keep(null);
    expect(values).toEqual({ level: { value: 2, timestamp: expect.any(String) } });
    expect(Object.keys((await latest(`&dataSourceId=${id}`)).body.data[0].values)).toHaveLength(3);
  });

  it('returns all fields of a wide source without reading its points', async () => {
    const schema = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, 'number']));
    const path = `/api/buckets/${bucketId}/sources`;
    const { body } = await server.call('POST', path, { key: server.adminKey, body: { name: 'Wide', schema } });
    const dataSourceId = body.dataSource._id as string;
    const dataPoints = Array.from({ length: 100 }, (_, index) => ({
      dataSourceId,
      timestamp: at(index * 3600),
      values: { [`f${index}`]: index, f0: -index },
    }));
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
    const read = jest.spyOn(server.app.get(PointStore), 'read');
    const [row] = (await latest(`&dataSourceId=${dataSourceId}`)).body.data;
    expect(read).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    expect(Object.entries(row.values)).toHaveLength(100);
    for (let index = 1; index < 100; index++)
      expect(row.values[`f${index}`]).toEqual({ value: index, timestamp: at(index * 3600) });
    expect(row.values.f0).toEqual({ value: -99, timestamp: at(99 * 3600) });
  });

  it.each([
    ['&mode=all', "mode must be 'points' or 'fields'"],
    ['&include=all', "include must be 'names'"],
    ['&include=all&include=names', "include must be 'names'"],
  ])('rejects %s', async (query, message) => {
    const answer = await server.call('GET', `/api/data/latest?bucketId=${bucketId}${query}`, { key: server.adminKey });
    expect(seen(answer)).toEqual(refused(400, 'Validation Error', message));
  });
});
