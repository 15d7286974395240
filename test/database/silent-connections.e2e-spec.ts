// npm test leaves this out: it starts servers that wait for a database.
import { DataSource } from 'typeorm';
import { openFaultProxy, type FaultProxy } from '../support/fault-proxy';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { runOn } from '../support/postgres-server';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';
import { until } from '../support/until';

/** 5 s are promised, the rest is for a busy machine. */
const LONGEST_MILLIS = 10_000;

const SLEEPING = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'`;

let database: TestDatabase;
let proxy: FaultProxy;
let server: TestApp;

beforeEach(async () => {
  if (!ON_POSTGRES) return;
  database = await createDatabase();
  proxy = await openFaultProxy(database.url);
  server = await startApp({}, { ...database, url: proxy.through(database.url) });
});

afterEach(async () => {
  if (!ON_POSTGRES) return;
  await server.stop();
  await proxy.close();
  await database.remove();
});

async function millisOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work.catch(() => undefined);
  return performance.now() - startedAt;
}
const sleep = (seconds: number) => server.app.get(DataSource).query(`SELECT pg_sleep(${seconds}) IS NULL AS woke`);

(ON_POSTGRES ? describe : describe.skip)('connections that lose their bytes without being closed', () => {
  it('answer a key check and store a point on other connections', async () => {
    const bucketId = await makeBucket(server);
    const dataSourceId = await makeSource(server, bucketId);
    const { key } = await makeKey(server, bucketId, 'write');
    proxy.swallow();

    const check = server.call('GET', '/api/keys/self', { key });
    expect(await millisOf(check)).toBeLessThan(LONGEST_MILLIS);
    const point = server.call('POST', '/api/data', { key, body: { dataSourceId, values: { t: 1 } } });
    expect(await millisOf(point)).toBeLessThan(LONGEST_MILLIS);

    expect([(await check).status, (await point).status]).toEqual([200, 201]);
  });

  it('end a query long before its deadline, and the next one works', async () => {
    const queries = Array.from({ length: 4 }, () => sleep(0.5));
    await until('all queries run', async () => (await runOn(database.url, SLEEPING)).length === queries.length);
    proxy.swallow();

    for (const millis of await Promise.all(queries.map(millisOf))) expect(millis).toBeLessThan(LONGEST_MILLIS);

    await expect(Promise.all(queries)).rejects.toThrow('Connection terminated');
    expect(await sleep(0)).toEqual([{ woke: false }]);
  });

  it('are told from slow ones, which are left alone', async () => {
    expect(await Promise.all([sleep(6), sleep(5)])).toEqual([[{ woke: false }], [{ woke: false }]]);
  });
});
