// npm test runs this on PostgreSQL too: several instances share a database only there.
import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { openStream } from '../support/streams';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';
import { until } from '../support/until';

/** Two servers on one PostgreSQL database; on SQLite two on one file, which an import does too. */
let database: TestDatabase;
let one: TestApp;
let other: TestApp;
let bucketId: string;
let sourceId: string;

beforeAll(async () => {
  database = await createDatabase();
  one = await startApp({}, database);
  const second = await startApp({ DAKKIO_ADMIN_KEY: one.adminKey }, database);
  other = { ...second, adminKey: one.adminKey };
});
afterAll(async () => {
  await other.stop();
  await one.stop();
  await database.remove();
});
beforeEach(async () => {
  bucketId = await makeBucket(one);
  sourceId = await makeSource(one, bucketId);
});

const store = async (on: TestApp, t: number, more: object = {}) => {
  const body = { bucketId, dataSourceId: sourceId, values: { t }, ...more };
  expect((await on.call('POST', '/api/data', { key: one.adminKey, body })).status).toBe(201);
};
const read = async (on: TestApp, key: string, since?: string) => {
  const reading = await openStream(on, since === undefined ? '' : `?since=${since}`, { key });
  await reading.next('ready');
  return reading;
};

it('a stream of one has the points that the other stores, in the same order everywhere', async () => {
  const { key } = await makeKey(one, bucketId, 'read');
  const readings = [await read(one, key), await read(other, key)];
  const times = Array.from({ length: 100 }, (_, index) => Date.UTC(2024, 0, 1) + index * 1000);
  await Promise.all(times.map((timestamp, index) => store(index % 2 ? one : other, index, { timestamp })));
  for (const reading of readings) await reading.points(100);
  const [first, second] = readings;
  const idsOf = (reading = first) => reading?.events.flatMap(({ event, id }) => (event === 'point' ? [id] : []));
  expect(idsOf(first)).toEqual(idsOf(second));
  expect(new Set(first?.temperatures).size).toBe(100);
  for (const reading of readings) reading.close();
});

it('a stream resumes on the other with the id of the first', async () => {
  const { key } = await makeKey(one, bucketId, 'read');
  const first = await read(one, key);
  await store(one, 1);
  await first.points(1);
  first.close();
  await store(other, 2);
  await store(one, 3);
  const second = await read(other, key, first.lastId);
  await second.points(2);
  expect(second.temperatures).toEqual([2, 3]);
  expect(second.events.map(({ event }) => event)).not.toContain('gap');
  second.close();
});

it('a ticket of one opens a stream of the other, which ends when the key is deleted at the first', async () => {
  const { key, _id } = await makeKey(one, bucketId, 'read');
  const { body } = await one.call('POST', '/api/data/stream/tickets', { key });
  const reading = await openStream(other, `?ticket=${body.streamTicket.ticket}`);
  await reading.next('ready');
  await one.call('DELETE', `/api/buckets/${bucketId}/keys/${_id}`, { key: one.adminKey });
  const from = performance.now();
  await until('the stream has ended', () => reading.isEnded);
  expect(performance.now() - from).toBeLessThan(5000);
});

(ON_POSTGRES ? it : it.skip)('a transaction that commits late is neither lost nor holds up others', async () => {
  const { key } = await makeKey(one, bucketId, 'read');
  const at = Date.UTC(2024, 0, 1);
  await store(one, 1, { timestamp: at });
  const reading = await read(other, key);
  const runner = one.app.get(DataSource).createQueryRunner();
  const [source] = await runner.query('SELECT number FROM data_sources WHERE id = $1', [sourceId]);
  await runner.startTransaction();
  // As ingest does at the end of its transaction, before those below.
  await runner.query(
    'INSERT INTO live_commits (id, bucket_id, points, places, written_at) VALUES ($1, $2, 1, $3, 1704067200000000)',
    [newId(), bucketId, JSON.stringify([[source.number, at, 0]])],
  );
  for (const t of [2, 3]) await store(other, t, { timestamp: at + t * 1000 });
  await reading.points(2);
  await runner.commitTransaction();
  await runner.release();
  await reading.points(3);
  expect(reading.temperatures).toEqual([2, 3, 1]);
  const numbers = reading.events.map(({ id }) => parseInt(id?.split('-')[0] ?? '', 36));
  expect(numbers).toEqual([...numbers].sort((first, second) => first - second));
  reading.close();
});
