// npm test runs this on PostgreSQL too: each database reads points and rollups with SQL of its own.
import { Retention } from '../../src/retention/retention';
import { breakIn } from '../support/intruder';
import { refused, seen } from '../support/refusals';
import { evenly, iso, QueryScene, START } from '../support/query-scene';
import type { TestApp } from '../support/test-app';

const MINUTE = 60_000;
const DAY = 86_400_000;
const EVER = { startTime: '1970-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' };

let server: TestApp;
let bucketId: string;
let keys: { write: string; read: string };
let sourceId: string;
const { call, ask, store } = QueryScene.use((scene) => ({ server, bucketId, keys, sourceId } = scene));

describe('DELETE /api/data', () => {
  it('requires an Admin key, deletes a range to the millisecond, and is logged in the audit log', async () => {
    await store(evenly(100, MINUTE));
    const wish = { bucketId, startTime: iso(START + 10 * MINUTE), endTime: iso(START + 40 * MINUTE) };
    for (const key of [keys.write, keys.read])
      expect(seen(await call('DELETE', '/api/data', wish, key))).toEqual(
        refused(403, 'Forbidden', 'Only Admin keys can delete data'),
      );
    const { status, body } = await call('DELETE', '/api/data', wish, server.adminKey);
    expect([status, body]).toEqual([200, { message: 'Data deleted successfully', deletedCount: 30 }]);
    const left = (await ask({ filters: { limit: 1000, sort: 'asc' } })).body.data as {
      values: { temperature: number };
    }[];
    expect(left.map(({ values }) => values.temperature)).toEqual(
      [...Array(100).keys()].filter((n) => n < 10 || n >= 40),
    );
    const { body: log } = await call(
      'GET',
      `/api/audit?action=data.deleted&bucketId=${bucketId}`,
      undefined,
      server.adminKey,
    );
    expect(log.auditEvents).toMatchObject([{ target: { type: 'bucket', _id: bucketId }, details: { dataPoints: 30 } }]);
    expect(seen(await call('DELETE', '/api/data', { bucketId, endTime: EVER.endTime }, server.adminKey))).toEqual(
      refused(
        400,
        'Validation Error',
        'startTime must be an RFC 3339 time with an offset, such as 2024-01-15T10:05:00Z, milliseconds since 1970, or now-24h',
      ),
    );
    expect((await call('DELETE', '/api/data', { bucketId, ...EVER }, server.adminKey)).body.deletedCount).toBe(70);
  });
});

describe('retention', () => {
  it('hides expired points immediately, and removes them in the background', async () => {
    await store(evenly(20, DAY, Date.now() - 19.5 * DAY));
    await call('PATCH', `/api/buckets/${bucketId}`, { retentionDays: 7 }, server.adminKey);
    expect((await ask()).body.data).toHaveLength(7);
    expect((await ask({ aggregation: 'count' })).body.data[0].count).toBe(7);
    await server.app.get(Retention).sweep();
    const { body } = await call('GET', `/api/buckets/${bucketId}`, undefined, server.adminKey);
    expect(body.bucket.stats.dataPointCount).toBe(7);
  });

  it('removes the points of deleted sources and buckets, with all related rows', async () => {
    await store(evenly(1500, MINUTE).map((point) => ({ ...point, metadata: { device: 'a' } })));
    const intruder = await breakIn(server.database);
    const [source] = await intruder.rows(`SELECT number FROM data_sources WHERE id = '${sourceId}'`);
    const counted = async () =>
      Promise.all(
        ['points', 'rollups', 'point_metadata', 'point_totals'].map(async (table) =>
          Number(
            (await intruder.rows(`SELECT count(*) AS n FROM ${table} WHERE source = ${String(source?.number)}`))[0]?.n,
          ),
        ),
      );
    expect((await counted()).every((count) => count > 0)).toBe(true);
    await call('DELETE', `/api/buckets/${bucketId}`, undefined, server.adminKey);
    await server.app.get(Retention).sweep();
    expect(await counted()).toEqual([0, 0, 0, 0]);
    await intruder.leave();
  });
});
