import { Retention } from '../../src/retention/retention';
import { PointStore } from '../../src/points/point-store';
import { breakIn } from '../support/intruder';
import { makeBucket, makeKey } from '../support/make';
import { ABSENT_ID, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const DAY = 86_400_000;
const EVER = { startTime: '1970-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' };
const START = Date.UTC(2024, 0, 15);

let server: TestApp;
let bucketId: string;
let keys: { write: string; read: string };
let sourceId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  keys = { write: (await makeKey(server, bucketId, 'write')).key, read: (await makeKey(server, bucketId, 'read')).key };
  sourceId = await makeSource();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const iso = (at: number) => new Date(at).toISOString();
const call = (method: string, path: string, body?: unknown, key = keys.read) =>
  server.call(method, path, { key, body });
const ask = (body: object = {}, key = keys.read) => call('POST', '/api/data/query', body, key);
async function makeSource(more: object = {}): Promise<string> {
  const wanted = { name: 'Climate', schema: { temperature: 'number', door: 'boolean', note: 'string' }, ...more };
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, wanted, keys.write);
  return body.dataSource._id as string;
}
interface Sent {
  readonly at: number;
  readonly values: object;
  readonly metadata?: object;
}
async function store(points: readonly Sent[], dataSourceId = sourceId): Promise<void> {
  for (let start = 0; start < points.length; start += 1000) {
    const dataPoints = points
      .slice(start, start + 1000)
      .map(({ at, ...more }) => ({ dataSourceId, timestamp: iso(at), ...more }));
    expect((await call('POST', '/api/data/batch', { dataPoints }, keys.write)).status).toBe(201);
  }
}
/** `count` points, one step apart. */
const evenly = (count: number, step: number, from = START): Sent[] =>
  Array.from({ length: count }, (_, index) => ({ at: from + index * step, values: { temperature: index } }));

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

describe('automatic downsampling', () => {
  it('starts above 500 points, and is reported in the answer', async () => {
    await store(evenly(500, 20_000));
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
    await store(evenly(1, 20_000, START + 500 * 20_000));
    const { body } = await ask();
    expect(body.metadata).toEqual({
      count: 167,
      hasMore: false,
      downsamplingApplied: true,
      aggregation: 'avg',
      groupBy: 'minute',
    });
    expect(body.data[0]).toEqual({
      timestamp: iso(START),
      dataSourceId: sourceId,
      values: { temperature: 1 },
      count: 3,
    });
  });

  it.each([
    [500, MINUTE, 'none'],
    [501, MINUTE, 'hour'],
    [501, 60 * MINUTE, 'day'],
    [501, DAY, 'week'],
    [600, 7 * DAY, 'month'],
  ])('of %i points %i ms apart uses the smallest unit with about 500 rows: %s', async (count, step, unit) => {
    await store(evenly(count, step, Date.UTC(2010, 0, 4)));
    expect((await ask()).body.metadata.groupBy ?? 'none').toBe(unit);
  });

  it('does not apply to few points with a gap, one point or none', async () => {
    expect((await ask()).body).toEqual({
      data: [],
      metadata: { count: 0, hasMore: false, downsamplingApplied: false },
    });
    await store(evenly(1, MINUTE));
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
    await store(evenly(300, MINUTE, START + 40 * DAY));
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
    await store(evenly(300, MINUTE, START + 80 * DAY));
    expect((await ask()).body.metadata).toMatchObject({ downsamplingApplied: true, groupBy: 'hour', count: 11 });
  });

  it('does not apply if the query or a data source disables it, or after a cursor', async () => {
    await store(evenly(600, MINUTE));
    const raw = await ask({ downsampling: false });
    expect([raw.body.data.length, raw.body.metadata.downsamplingApplied]).toEqual([100, false]);
    const next = await ask({ filters: { cursor: raw.body.metadata.nextCursor as string } });
    expect(next.body.metadata.downsamplingApplied).toBe(false);
    await call('PATCH', `/api/buckets/${bucketId}/sources/${sourceId}`, { downsampling: false }, keys.write);
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
  });

  it('averages numbers, and returns the last value of other types', async () => {
    await store(
      evenly(600, 30_000).map(({ at, values }, index) => ({
        at,
        values: { ...values, door: index % 2 === 0, note: `n${index}` },
      })),
    );
    expect((await ask()).body.data[0].values).toEqual({ temperature: 0.5, door: false, note: 'n1' });
  });
});

describe('an answer as CSV', () => {
  const csv = (body: object) =>
    server.call('POST', '/api/data/query', { key: keys.read, body, headers: { Accept: 'text/csv' } });

  it('has a column for each field of raw points, and metadata in headers', async () => {
    await store([
      { at: START, values: { temperature: 21.5, door: true }, metadata: { device: 'a' } },
      { at: START + MINUTE, values: { note: 'said "ä", and\nwent' } },
      { at: START + 2 * MINUTE, values: { temperature: -1 } },
    ]);
    const filters = { limit: 2, sort: 'asc' };
    const { status, headers, body } = await csv({ filters });
    const json = (await ask({ filters })).body;
    const [first, second] = json.data.map(({ _id }: { _id: string }) => _id) as string[];
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(body).toBe(
      '_id,timestamp,dataSourceId,temperature,door,note,metadata\n' +
        `${first},2024-01-15T00:00:00.000Z,${sourceId},21.5,true,,"{""device"":""a""}"\n` +
        `${second},2024-01-15T00:01:00.000Z,${sourceId},,,"said ""ä"", and\nwent",\n`,
    );
    expect(['x-has-more', 'x-next-cursor', 'x-downsampling-applied'].map((name) => headers.get(name))).toEqual([
      'true',
      json.metadata.nextCursor,
      'false',
    ]);
  });

  it('has a column for each field of groups, or for each aggregation', async () => {
    await store([
      { at: START, values: { temperature: 1 } },
      { at: START + MINUTE, values: { temperature: 2, door: false } },
    ]);
    expect((await csv({ aggregation: 'max', groupBy: 'hour' })).body).toBe(
      `timestamp,dataSourceId,count,temperature\n2024-01-15T00:00:00.000Z,${sourceId},2,2\n`,
    );
    expect((await csv({ aggregation: ['min', 'last'], groupBy: 'minute' })).body).toBe(
      'timestamp,dataSourceId,count,temperature.min,temperature.last,door.last\n' +
        `2024-01-15T00:00:00.000Z,${sourceId},1,1,1,\n` +
        `2024-01-15T00:01:00.000Z,${sourceId},1,2,2,false\n`,
    );
  });

  it('supports ten thousand rows, and no rows', async () => {
    expect((await csv({})).body).toBe('timestamp,dataSourceId,count\n');
    await store(Array.from({ length: 10_000 }, (_, index) => ({ at: START + index, values: { temperature: index } })));
    const { headers, body } = await csv({ filters: { limit: 10_000 }, downsampling: false });
    const rows = (body as string).split('\n');
    expect([rows.length, rows.at(-2)?.split(',')[3], headers.get('x-has-more')]).toEqual([10_002, '0', 'false']);
  });

  it('is JSON unless CSV is requested, and errors are always JSON', async () => {
    const both = { Accept: 'application/json, text/csv' };
    const answer = await server.call('POST', '/api/data/query', { key: keys.read, body: {}, headers: both });
    expect(answer.body.data).toEqual([]);
    const withParameter = { Accept: 'text/csv; charset=utf-8' };
    const table = await server.call('POST', '/api/data/query', { key: keys.read, body: {}, headers: withParameter });
    expect(table.body).toBe('timestamp,dataSourceId,count\n');
    expect((await csv({ groupBy: 'fortnight' })).body.error).toBe('Validation Error');
  });
});

it('ends when the client disconnects', async () => {
  await store(
    Array.from({ length: 40_000 }, (_, index) => ({ at: START + index * 10, values: { temperature: index } })),
  );
  const reads = jest.spyOn(server.app.get(PointStore), 'read');
  const whole = { aggregation: 'median', groupBy: '15m' };
  await ask(whole);
  const needed = reads.mock.calls.length;
  expect(needed).toBeGreaterThan(5);

  reads.mockClear();
  const controller = new AbortController();
  reads.mockImplementationOnce(async (...args) => {
    controller.abort();
    // Wait until the server has noticed it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return server.app.get(PointStore).read(...args);
  });
  const asked = fetch(`${server.url}/api/data/query`, {
    method: 'POST',
    headers: { 'X-API-Key': keys.read, 'Content-Type': 'application/json' },
    body: JSON.stringify(whole),
    signal: controller.signal,
  });
  await expect(asked).rejects.toThrow(/abort/i);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(reads.mock.calls.length).toBeLessThan(needed - 2);
  expect(server.logs.filter((line) => line.includes('query failed'))).toEqual([]);
});

describe('an invalid query', () => {
  const invalid = (message: string, ...path: string[]) => ({
    status: 400,
    body: {
      error: 'Validation Error',
      message,
      ...(path.length > 1 && { details: [{ path: ['body', ...path], message }] }),
    },
  });
  const AGGREGATION =
    'aggregation must be one of avg, min, max, sum, count, first, last, median, p95, p99, stddev, or a list of them';
  const GROUP = 'groupBy must be minute, hour, day, week, month, quarter or year, or a step such as 15m, 6h or 1d';
  const TIME =
    'startTime must be an RFC 3339 time with an offset, such as 2024-01-15T10:05:00Z, milliseconds since 1970, or now-24h';
  it.each([
    [{ filters: 'x' }, invalid('filters must be an object')],
    [{ filters: { startTime: 'x' } }, invalid(TIME, 'filters', 'startTime')],
    [{ filters: { startTime: true } }, invalid(TIME, 'filters', 'startTime')],
    [{ filters: { startTime: 7 } }, invalid('startTime looks like seconds; send milliseconds', 'filters', 'startTime')],
    [
      { filters: { startTime: iso(1000), endTime: iso(1000) } },
      invalid('startTime must be before endTime', 'filters', 'startTime'),
    ],
    [{ filters: { dataSourceId: 'x' } }, invalid('Invalid data source ID format', 'filters', 'dataSourceId')],
    [
      { filters: { dataSourceIds: [] } },
      invalid('dataSourceIds must be a list of 1 to 100 data source IDs', 'filters', 'dataSourceIds'),
    ],
    [
      { filters: { dataSourceId: ABSENT_ID, dataSourceIds: [ABSENT_ID] } },
      invalid('Give dataSourceId or dataSourceIds, not both', 'filters', 'dataSourceIds'),
    ],
    [{ filters: { fields: [] } }, invalid('fields must be a list of 1 to 100 field names', 'filters', 'fields')],
    [{ filters: { fields: ['pressure'] } }, invalid('The data source has no field pressure', 'filters', 'fields')],
    [{ filters: { limit: 10_001 } }, invalid('limit must be a whole number from 1 to 10000', 'filters', 'limit')],
    [{ filters: { offset: 100_001 } }, invalid('offset must be a whole number from 0 to 100000', 'filters', 'offset')],
    [{ filters: { sort: 'up' } }, invalid("sort must be 'asc' or 'desc'", 'filters', 'sort')],
    [{ filters: { cursor: 'x' } }, invalid('cursor must be what a reply gave as nextCursor', 'filters', 'cursor')],
    [
      { filters: { cursor: 'a.1.0' }, groupBy: 'hour' },
      invalid('cursor is for raw points: page through groups with offset', 'filters', 'cursor'),
    ],
    [{ filters: { colour: 1 } }, invalid('Unknown property: colour', 'filters', 'colour')],
    [{ aggregation: 'mode' }, invalid(AGGREGATION)],
    [{ aggregation: [] }, invalid(AGGREGATION)],
    [{ groupBy: 'fortnight' }, invalid(GROUP)],
    [{ groupBy: '0m' }, invalid(GROUP)],
    [{ groupBy: '25h' }, invalid(GROUP)],
    [{ timezone: 'Mars/Olympus' }, invalid('timezone must be an IANA time zone such as Europe/Berlin')],
    [{ fill: 'zero' }, invalid('fill must be one of none, null, previous, linear')],
    [{ fill: 'null' }, invalid('fill needs groupBy')],
    [
      { filters: { fields: ['note'] }, aggregation: 'avg' },
      invalid('note is not a number: only count, first and last are supported'),
    ],
  ])('is rejected: %j', async (body, refusal) => {
    await store(evenly(1, MINUTE));
    expect(seen(await ask(body))).toEqual(refusal);
  });

  it('is rejected for a bucket or a source that the key may not read', async () => {
    expect(seen(await ask({}, server.adminKey))).toEqual(refused(400, 'Validation Error', 'bucketId is required'));
    expect((await ask({ bucketId }, server.adminKey)).status).toBe(200);
    const foreign = refused(403, 'Forbidden', 'API key does not have access to this bucket');
    expect(seen(await ask({ bucketId: ABSENT_ID }))).toEqual(foreign);
    expect(seen(await ask({ filters: { dataSourceId: ABSENT_ID } }))).toEqual(
      refused(404, 'Not Found', 'Data source not found'),
    );
    const other = await makeSource();
    const bound = (await makeKey(server, bucketId, 'read', { dataSourceId: other })).key;
    await store(evenly(3, MINUTE));
    expect((await ask({}, bound)).body.data).toEqual([]);
    expect(seen(await ask({ filters: { dataSourceId: sourceId } }, bound))).toEqual(
      refused(403, 'Forbidden', 'API key does not have access to this data source'),
    );
    const writeOnly = (await makeKey(server, bucketId, 'write', { writeOnly: true })).key;
    for (const answer of [await ask({}, writeOnly), await call('GET', '/api/data/latest', undefined, writeOnly)])
      expect(seen(answer)).toEqual(refused(403, 'Forbidden', 'Write-only keys cannot read data'));
  });
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
