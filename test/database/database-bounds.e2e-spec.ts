import { Client } from 'pg';
import { BEGIN_WRITE } from '../../src/database/deadlines';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';
import { until } from '../support/until';

const LONGEST_MILLIS = 7000;
const LOCKED = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

let database: TestDatabase | undefined;
let server: TestApp;
let bucketId: string;
let sourceId: string;
let readKey: string;
let writeKey: string;
const others: Client[] = [];

async function setUp(environment: Record<string, string> = {}, url?: string): Promise<void> {
  database ??= await createDatabase();
  server = await startApp(environment, { ...database, url: url ?? database.url });
  bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId);
  readKey = (await makeKey(server, bucketId, 'read')).key;
  writeKey = (await makeKey(server, bucketId, 'write')).key;
}

afterEach(async () => {
  await Promise.all(others.splice(0).map((client) => client.end()));
  await server.stop();
  await database?.remove();
  database = undefined;
});

/** A session of another instance, or of a person. */
async function session(...statements: string[]): Promise<Client> {
  const client = new Client(database?.url);
  client.on('error', () => undefined);
  await client.connect();
  others.push(client);
  for (const statement of statements) await client.query(statement);
  return client;
}

async function timed<T>(work: Promise<T>): Promise<T & { millis: number }> {
  const startedAt = performance.now();
  return { ...(await work), millis: performance.now() - startedAt };
}

const HOLD_SOURCES = 'SELECT id FROM data_sources FOR UPDATE';
let minute = Date.now() - 86_400_000;
const send = () => {
  const body = { dataSourceId: sourceId, timestamp: (minute += 60_000), values: { t: 1 } };
  return timed(server.call('POST', '/api/data', { key: writeKey, body }));
};
const checkKey = () => timed(server.call('GET', '/api/keys/self', { key: readKey }));
const ask = () =>
  timed(
    server.call('POST', '/api/data/query', { key: readKey, body: { downsampling: false, filters: { limit: 100 } } }),
  );

(ON_POSTGRES ? describe : describe.skip)('another session', () => {
  it('that keeps a row locked holds a point for 5 s at most, which is 503, and works afterwards', async () => {
    await setUp();
    const other = await session('BEGIN', HOLD_SOURCES);

    const { status, body, headers, millis } = await send();

    expect([status, body.message]).toEqual([503, 'The database cannot be used right now. Please try again']);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(millis).toBeLessThan(LONGEST_MILLIS);
    expect((await checkKey()).status).toBe(200);
    await other.query('ROLLBACK');
    expect((await send()).status).toBe(201);
  });

  it('that froze with a row locked, as instances do, loses the lock, and the point is stored', async () => {
    await setUp();
    await session(BEGIN_WRITE, HOLD_SOURCES);

    const { status, millis } = await send();

    expect(status).toBe(201);
    expect(millis).toBeLessThan(LONGEST_MILLIS);
  });

  it('that locks the points keeps queries waiting, and no key check', async () => {
    await setUp();
    const other = await session('BEGIN', 'LOCK TABLE points IN ACCESS EXCLUSIVE MODE');
    const queries = Array.from({ length: 14 }, ask);
    const points = Array.from({ length: 4 }, send);
    await until('queries and points wait for the lock', async () => (await other.query(LOCKED)).rows.length > 1);

    const checks = await Promise.all(Array.from({ length: 10 }, checkKey));

    expect(checks.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(Math.max(...checks.map(({ millis }) => millis))).toBeLessThan(4000);
    for (const { status, millis } of await Promise.all(points)) {
      expect(status).toBe(503);
      expect(millis).toBeLessThan(2 * LONGEST_MILLIS);
    }
    await other.query('ROLLBACK');
    for (const { status } of await Promise.all(queries)) expect([200, 503]).toContain(status);
    expect((await ask()).status).toBe(200);
    expect((await send()).status).toBe(201);
  });

  it('that locks the keys holds a key check for a few seconds, which is 503', async () => {
    await setUp();
    const other = await session('BEGIN', 'LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');

    const { status, headers, millis } = await checkKey();

    expect(status).toBe(503);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(millis).toBeLessThan(LONGEST_MILLIS);
    await other.query('ROLLBACK');
    expect((await checkKey()).status).toBe(200);
  });

  it('that ends those of the server costs nothing but a retry', async () => {
    await setUp();
    const other = await session();
    for (let round = 0; round < 5; round++) {
      await other.query(
        'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      expect([(await checkKey()).status, (await send()).status]).toEqual([200, 201]);
    }
  });
});

(ON_POSTGRES ? describe : describe.skip)('a PostgreSQL with few connections', () => {
  const limit = async (connections: number) => {
    database = await createDatabase(EMPTY);
    const role = `few_${connections}_${process.pid}`;
    const admin = await session();
    await admin.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT ${connections} PASSWORD 'few';
      GRANT ALL ON SCHEMA public TO ${role}`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'few'];
    await setUp({}, url.href);
  };

  it.each([1, 3])('serves queries, points and key checks with %i, and warns once', async (connections) => {
    await limit(connections);

    const warningsOf = () => server.logs.filter((line) => line.includes('PostgreSQL has no more connections'));
    // Requests that come together share connections: it may take more than once until they need one too many.
    for (let round = 0; round < 50 && warningsOf().length === 0; round++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => [ask(), send(), checkKey()]).flat());
      expect(answers.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
    }
    const warnings = warningsOf();
    expect(warnings).toHaveLength(1);
    const [, used] = /which uses (\d+) of 10/.exec(warnings[0] ?? '') ?? [];
    expect(Number(used)).toBeGreaterThanOrEqual(1);
    expect(Number(used)).toBeLessThanOrEqual(connections);
  });
});

(ON_POSTGRES ? describe : describe.skip)('DAKKIO_POSTGRES_CONNECTIONS', () => {
  it.each([1, 2, 5])('is what the server uses at most: %i', async (connections) => {
    await setUp({ DAKKIO_POSTGRES_CONNECTIONS: String(connections) });
    const other = await session();

    const answers = await Promise.all(Array.from({ length: 10 }, () => [ask(), send(), checkKey()]).flat());
    const { rows } = await other.query<{ used: string }>(
      `SELECT count(*) AS used FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );

    expect(answers.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
    expect(Number(rows[0]?.used)).toBeLessThanOrEqual(connections);
  });
});
