import { Writer } from '../../src/database/writer';
import { openFaultProxy, type FaultProxy } from '../support/fault-proxy';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

/** A transaction has 5 s, the search for its outcome up to 2.5 s more; the rest is for a busy machine. */
const LONGEST_MILLIS = 10_000;

let database: TestDatabase;
let proxy: FaultProxy;
let server: TestApp;
let bucketId: string;

beforeEach(async () => {
  if (!ON_POSTGRES) return;
  database = await createDatabase();
  proxy = await openFaultProxy(database.url);
  server = await startApp({}, { ...database, url: proxy.through(database.url) });
  bucketId = await makeBucket(server);
});

afterEach(async () => {
  if (!ON_POSTGRES) return;
  await proxy.restore();
  await server.stop();
  await proxy.close();
  await database.remove();
});

const post = async (path: string, body: object, key = server.adminKey) => {
  const startedAt = performance.now();
  const answer = await server.call('POST', path, { key, body });
  expect(performance.now() - startedAt).toBeLessThan(LONGEST_MILLIS);
  return answer;
};
const listed = async () => {
  const { body } = await server.call('GET', `/api/buckets/${bucketId}/keys`, { key: server.adminKey });
  return (body.apiKeys as { name: string }[]).map(({ name }) => name);
};

(ON_POSTGRES ? describe : describe.skip)('a COMMIT whose answer is lost', () => {
  it('is found on another connection: a rotation without grace gives its new key', async () => {
    const old = await makeKey(server, bucketId, 'write');
    void proxy.swallowNextCommit();

    const { status, body } = await post(`/api/buckets/${bucketId}/keys/${old._id}/rotate`, { gracePeriodSeconds: 0 });

    expect(status).toBe(201);
    const self = (key: string) => server.call('GET', '/api/keys/self', { key });
    expect((await self(body.apiKey.key as string)).status).toBe(200);
    expect((await self(old.key)).status).toBe(401);
  });

  it('is said to be undone where it never arrived', async () => {
    void proxy.swallowNextCommit('requests');

    const { status, body, headers } = await post(`/api/buckets/${bucketId}/keys`, { name: 'Lost', type: 'read' });

    expect([status, body.message]).toEqual([503, 'The database cannot be used right now. Please try again']);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await listed()).toEqual([]);
  });

  it('is said to be unknown where the database cannot be asked', async () => {
    const noted = proxy.swallowNextCommit();
    const answer = post(`/api/buckets/${bucketId}/keys`, { name: 'Perhaps', type: 'read' });
    await noted;
    proxy.swallow('both', { next: true });

    const { status, body, headers } = await answer;

    expect([status, body.message]).toEqual([503, expect.stringContaining('may have been carried out')]);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    await proxy.restore();
    proxy.reset();
    expect(await listed()).toEqual(['Perhaps']);
  });

  it('of points may have been carried out, and they can be sent again', async () => {
    const dataSourceId = await makeSource(server, bucketId);
    const { key } = await makeKey(server, bucketId, 'write');
    const body = { dataPoints: [{ dataSourceId, timestamp: Date.now(), values: { t: 1 } }] };
    void proxy.swallowNextCommit();

    const first = await post('/api/data/batch', body, key);
    const second = await post('/api/data/batch', body, key);

    expect([first.status, first.body.message]).toEqual([503, expect.stringContaining('may have been carried out')]);
    expect(second.body).toMatchObject({ inserted: 0, duplicates: 1 });
  });

  it('of a counter is not done twice', async () => {
    const writer = server.app.get(Writer);
    await writer.write((manager) => manager.query('CREATE TABLE counter (n integer); INSERT INTO counter VALUES (0)'));
    const countUp = () => writer.write((manager) => manager.query('UPDATE counter SET n = n + 1'), { countsUp: true });
    void proxy.swallowNextCommit();

    await countUp().catch(countUp);

    expect(await writer.write((manager) => manager.query('SELECT n FROM counter'))).toEqual([{ n: 1 }]);
  });
});
