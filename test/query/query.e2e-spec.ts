// npm test runs this on PostgreSQL too: each database reads points and rollups with SQL of its own.
import { readsWithAndWithoutLeaving } from '../support/leave';
import { seen } from '../support/refusals';
import { evenly, iso, QueryScene, START } from '../support/query-scene';
import type { TestApp } from '../support/test-app';

const MINUTE = 60_000;

let server: TestApp;
let bucketId: string;
let keys: { write: string; read: string };
let sourceId: string;
const { call, ask, store, makeSource } = QueryScene.use((scene) => ({ server, bucketId, keys, sourceId } = scene));
afterEach(() => jest.restoreAllMocks());

describe('POST /api/data/query', () => {
  it('returns raw points', async () => {
    await store([{ at: START, values: { temperature: 1.5, door: true, note: 'a' }, metadata: { device: 'x' } }]);
    expect(seen(await ask())).toEqual({
      status: 200,
      body: {
        data: [
          {
            _id: expect.stringMatching(/^[0-9a-f]{24}$/),
            dataSourceId: sourceId,
            timestamp: iso(START),
            values: { temperature: 1.5, door: true, note: 'a' },
            metadata: { device: 'x' },
          },
        ],
        metadata: { count: 1, hasMore: false, downsamplingApplied: false },
      },
    });
  });

  it('returns 100 raw rows by default, with a cursor for the next page', async () => {
    await store(evenly(150, MINUTE));
    const { body } = await ask();
    expect([body.data.length, body.metadata.count, body.metadata.hasMore]).toEqual([100, 100, true]);
    const next = await ask({ filters: { cursor: body.metadata.nextCursor as string } });
    expect([body.data[0].values, next.body.data[0].values]).toEqual([{ temperature: 149 }, { temperature: 49 }]);
    expect(next.body.metadata).toEqual({ count: 50, hasMore: false, downsamplingApplied: false });
  });

  it('returns only the requested fields, and points with at least one of them', async () => {
    await store([
      { at: START, values: { temperature: 1, note: 'a' } },
      { at: START + 1, values: { door: true } },
    ]);
    const { body } = await ask({ filters: { fields: ['temperature', 'door'] } });
    expect(body.data.map(({ values }: { values: object }) => values)).toEqual([{ door: true }, { temperature: 1 }]);
    expect((await ask({ filters: { fields: ['note'] } })).body.data).toHaveLength(1);
  });

  it('groups points by one or several aggregations, with the count of each group', async () => {
    await store(
      [0, 20, 70].map((minutes) => ({ at: START + minutes * MINUTE, values: { temperature: minutes, note: 'n' } })),
    );
    const one = await ask({ aggregation: 'avg', groupBy: 'hour' });
    expect(one.body).toEqual({
      data: [
        { timestamp: iso(START), dataSourceId: sourceId, values: { temperature: 10 }, count: 2 },
        { timestamp: iso(START + 60 * MINUTE), dataSourceId: sourceId, values: { temperature: 70 }, count: 1 },
      ],
      metadata: { count: 2, hasMore: false, downsamplingApplied: false, aggregation: 'avg', groupBy: 'hour' },
    });
    const several = await ask({ filters: { aggregation: ['min', 'last', 'stddev'], groupBy: 'day' } });
    expect(several.body.data).toEqual([
      {
        timestamp: iso(START),
        dataSourceId: sourceId,
        values: { temperature: { min: 0, last: 70, stddev: expect.closeTo(36.05551275) }, note: { last: 'n' } },
        count: 3,
      },
    ]);
    const whole = await ask({ aggregation: 'count' });
    expect(whole.body.data).toEqual([
      { timestamp: iso(START), dataSourceId: sourceId, values: { temperature: 3, note: 3 }, count: 3 },
    ]);
    expect((await ask({ groupBy: 'day' })).body.data[0].values).toEqual({ temperature: 30, note: 'n' });
  });

  it('has days of 23 and 25 hours at clock changes, and weeks that start on Monday', async () => {
    const berlin = { timezone: 'Europe/Berlin', aggregation: 'count' };
    await store(evenly(4 * 24, 60 * MINUTE, Date.UTC(2024, 2, 29, 23)));
    const days = await ask({ ...berlin, groupBy: 'day' });
    expect(days.body.data.map(({ timestamp, count }: Record<string, unknown>) => [timestamp, count])).toEqual([
      ['2024-03-29T23:00:00.000Z', 24],
      ['2024-03-30T23:00:00.000Z', 23],
      ['2024-03-31T22:00:00.000Z', 24],
      ['2024-04-01T22:00:00.000Z', 24],
      ['2024-04-02T22:00:00.000Z', 1],
    ]);
    const weeks = await ask({ ...berlin, groupBy: 'week' });
    expect(weeks.body.data.map(({ timestamp }: { timestamp: string }) => timestamp)).toEqual([
      '2024-03-24T23:00:00.000Z',
      '2024-03-31T22:00:00.000Z',
    ]);
    const months = await ask({ ...berlin, groupBy: 'month' });
    expect(months.body.data.map(({ timestamp }: { timestamp: string }) => timestamp)).toEqual([
      '2024-02-29T23:00:00.000Z',
      '2024-03-31T22:00:00.000Z',
    ]);
  });

  it.each([
    ['none', [10, 40]],
    ['null', [null, 10, null, null, 40, null]],
    ['previous', [null, 10, 10, 10, 40, 40]],
    ['linear', [null, 10, 20, 30, 40, null]],
  ])('fills groups without points: %s', async (fill, expected) => {
    await store([1, 4].map((hours) => ({ at: START + hours * 60 * MINUTE, values: { temperature: hours * 10 } })));
    const filters = { startTime: iso(START), endTime: iso(START + 360 * MINUTE) };
    const { body } = await ask({ filters, aggregation: 'avg', groupBy: 'hour', fill });
    expect(body.data.map(({ values }: { values: Record<string, unknown> }) => values.temperature)).toEqual(expected);
  });

  it('pages through groups with limit and offset, newest first on request', async () => {
    await store(evenly(10, 60 * MINUTE));
    const { body } = await ask({ filters: { limit: 3, offset: 2, sort: 'desc' }, aggregation: 'max', groupBy: 'hour' });
    expect(body.data.map(({ values }: { values: { temperature: number } }) => values.temperature)).toEqual([7, 6, 5]);
    expect(body.metadata).toMatchObject({ count: 3, hasMore: true });
  });
});

it('ends when the client disconnects', async () => {
  await store(
    Array.from({ length: 40_000 }, (_, index) => ({ at: START + index * 10, values: { temperature: index } })),
  );
  const body = JSON.stringify({ aggregation: 'median', groupBy: '15m' });
  const headers = { 'X-API-Key': keys.read, 'Content-Type': 'application/json' };
  const { whole, left } = await readsWithAndWithoutLeaving(server, (signal) =>
    fetch(`${server.url}/api/data/query`, { method: 'POST', headers, body, ...(signal && { signal }) }),
  );
  expect(whole).toBeGreaterThan(5);
  expect(left).toBeLessThan(whole - 2);
  expect(server.logs.filter((line) => line.includes('query failed'))).toEqual([]);
});

describe('GET /api/data/latest', () => {
  it('returns the point with the latest timestamp of each data source, regardless of arrival', async () => {
    const other = await makeSource({ name: 'Other' });
    await store([{ at: START + 5, values: { temperature: 5 } }]);
    await store([{ at: START, values: { temperature: 9 } }]);
    await store([{ at: START + 7, values: { note: 'x' } }], other);
    const { body } = await call('GET', '/api/data/latest');
    expect(body.data.map(({ values }: { values: object }) => values)).toEqual([{ temperature: 5 }, { note: 'x' }]);
    expect((await call('GET', `/api/data/latest?dataSourceId=${other}`)).body.data).toHaveLength(1);
    expect(
      (await call('GET', `/api/data/latest?bucketId=${bucketId}`, undefined, server.adminKey)).body.data,
    ).toHaveLength(2);
  });
});
