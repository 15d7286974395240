// npm test runs this on PostgreSQL too: the order of commits is found differently there.
import { EventSource } from 'eventsource';
import { JournalCleanup, KEPT_MILLIS } from '../../src/live/journal-cleanup';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { openStream, type TestStream } from '../support/streams';
import { createDatabase, startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

let server: TestApp;
let bucketId: string;
let sourceId: string;
let key: string;
const open = new Set<TestStream>();

beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());
beforeEach(() => prepare(server));
afterEach(() => {
  for (const stream of open) stream.close();
  open.clear();
});

async function prepare(on: TestApp): Promise<void> {
  bucketId = await makeBucket(on);
  sourceId = await makeSource(on, bucketId);
  key = (await makeKey(on, bucketId, 'read')).key;
}

async function stream(query = '', headers: Record<string, string> = {}, on = server): Promise<TestStream> {
  const opened = await openStream(on, query, { key, headers });
  open.add(opened);
  await opened.next('ready');
  return opened;
}

const resume = (id: string | undefined, on = server) => stream('', { 'Last-Event-ID': id ?? '' }, on);

let second = 0;
/** Stores these values in points of their own, each later than the ones before. */
async function store(values: readonly number[], on = server): Promise<void> {
  const start = Date.UTC(2024, 0, 1);
  const dataPoints = values.map((t) => ({ dataSourceId: sourceId, timestamp: start + ++second * 1000, values: { t } }));
  expect((await on.call('POST', '/api/data/batch', { key: on.adminKey, body: { bucketId, dataPoints } })).status).toBe(
    201,
  );
}

const gapsOf = ({ events }: TestStream) => events.filter(({ event }) => event === 'gap').map(({ data }) => data);

describe('a stream that is resumed', () => {
  it('gets what was stored meanwhile, once and in order, also from the middle of a batch', async () => {
    const first = await stream();
    await store([1, 2, 3]);
    await first.points(3);
    first.close();
    await store([4]);
    await store([5, 6]);
    const second = await resume(first.lastId);
    await second.points(3);
    const middle = await resume(first.events.find(({ data }) => data.values?.t === 2)?.id);
    await middle.points(4);
    await store([7]);
    await Promise.all([second.points(4), middle.points(5)]);
    expect(second.temperatures).toEqual([4, 5, 6, 7]);
    expect(middle.temperatures).toEqual([3, 4, 5, 6, 7]);
    expect([...gapsOf(second), ...gapsOf(middle)]).toEqual([]);
  });

  it('gets thousands of points while others are stored, none twice', async () => {
    const first = await stream();
    const start = first.lastId;
    first.close();
    for (let batch = 0; batch < 4; batch++)
      await store(Array.from({ length: 1000 }, (_, index) => batch * 1000 + index));
    const second = await stream(`?since=${start}`);
    await Promise.all([4000, 4001, 4002].map((value) => store([value])));
    await second.points(4003);
    expect(second.temperatures.slice(0, 4000)).toEqual(Array.from({ length: 4000 }, (_, index) => index));
    expect([...second.temperatures.slice(4000)].sort()).toEqual([4000, 4001, 4002]);
  });

  it('goes by the header where since names another place', async () => {
    const first = await stream();
    await store([1, 2]);
    await first.points(2);
    const id = first.events.find(({ data }) => data.values?.t === 1)?.id ?? '';
    const second = await stream('?since=24h', { 'Last-Event-ID': id });
    await second.points(1);
    expect(second.temperatures).toEqual([2]);
  });

  it('shows neither points that were deleted since, nor their old values', async () => {
    const first = await stream();
    const start = first.lastId;
    await store([1, 2]);
    await first.points(2);
    const last = first.events.at(-1)?.data;
    const body = { bucketId, startTime: '2024-01-01T00:00:00Z', endTime: last.timestamp };
    expect((await server.call('DELETE', '/api/data', { key: server.adminKey, body })).status).toBe(200);
    const dataPoints = [{ dataSourceId: sourceId, timestamp: last.timestamp, values: { t: 3 } }];
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
    const second = await resume(start);
    await second.points(1);
    expect(new Set(second.temperatures)).toEqual(new Set([3]));
  });

  it.each(['not an id', 'zzzzzzzzz-lr5q0zk0', '1-1'])('is told of a gap for an id that is unknown: %s', async (id) => {
    const reading = await resume(id);
    expect(gapsOf(reading)).toEqual([
      expect.objectContaining({ missed: null, message: expect.stringContaining('Query the time range') }),
    ]);
    await store([1]);
    await reading.points(1);
    expect(reading.temperatures).toEqual([1]);
  });

  it('is told of a gap, with its times, where the commits are no longer kept', async () => {
    const first = await stream();
    await store([1]);
    await first.points(1);
    const before = first.lastId;
    await store([2]);
    await first.points(2);
    await server.app.get(JournalCleanup).remove({ next: () => true }, Date.now() + 2 * KEPT_MILLIS);
    const second = await resume(before);
    expect(gapsOf(second)).toEqual([
      {
        reason: 'id_expired',
        missed: null,
        from: expect.stringMatching(/Z$/),
        to: expect.stringMatching(/Z$/),
        message: expect.stringContaining('can no longer be replayed'),
      },
    ]);
    expect((await resume(first.lastId)).events.map(({ event }) => event)).toEqual(['ready']);
  });
});

describe('since', () => {
  it('begins with the points of the last minutes by their time, oldest first', async () => {
    const times = [90 * 60_000, 5 * 60_000, 60_000].map((ago) => Date.now() - ago);
    const dataPoints = times.map((timestamp, t) => ({ dataSourceId: sourceId, timestamp, values: { t } }));
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
    const reading = await stream('?since=10m');
    expect(reading.temperatures).toEqual([1, 2]);
    expect(reading.events.map(({ event, id }) => [event, id !== undefined])).toEqual([
      ['point', false],
      ['point', false],
      ['ready', true],
    ]);
    await store([3]);
    await reading.points(3);
    expect(reading.temperatures).toEqual([1, 2, 3]);
  });

  it('latest begins with the newest point of each data source', async () => {
    const other = await makeSource(server, bucketId, 'Other');
    await store([1, 2]);
    const dataPoints = [{ dataSourceId: other, values: { t: 9 } }];
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
    expect((await stream('?since=latest')).temperatures.sort()).toEqual([2, 9]);
    expect((await stream(`?since=latest&dataSourceId=${sourceId}`)).temperatures).toEqual([2]);
  });
});

describe('a server that restarts', () => {
  it('loses nothing and repeats nothing for EventSource, which reconnects by itself', async () => {
    const database = await createDatabase();
    let running = await startApp({}, database);
    const { adminKey, port } = running;
    await prepare(running);
    const source = new EventSource(`${running.url}/api/data/stream`, {
      fetch: ((url: string, init: RequestInit) =>
        fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), 'X-API-Key': key } })) as never,
    });
    const got: number[] = [];
    let readies = 0;
    const closings: string[] = [];
    source.addEventListener('ready', () => readies++);
    source.addEventListener('point', ({ data }) => got.push(JSON.parse(data as string).values.t));
    source.addEventListener('closed', ({ data }) => closings.push(JSON.parse(data as string).reason));
    await until('the stream is ready', () => readies === 1);
    await store([1, 2], running);
    await until('two points', () => got.length === 2);
    await running.stop();
    // The port is free while another process stores points in the same database.
    running = { ...(await startApp({ DAKKIO_ADMIN_KEY: adminKey }, database)), adminKey };
    await store([3, 4], running);
    await running.stop();
    running = { ...(await startApp({ DAKKIO_ADMIN_KEY: adminKey, PORT: String(port) }, database)), adminKey };
    await until('the stream is ready again', () => readies === 2);
    await store([5], running);
    await until('five points', () => got.length >= 5);
    source.close();
    await running.stop();
    await database.remove();
    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(closings).toEqual(['server_stopping']);
  });
});
