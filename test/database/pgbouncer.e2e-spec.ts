// npm test leaves this out: it starts servers that wait for a database.
import { Client } from 'pg';
import { HAS_PGBOUNCER, startPgBouncer, type PgBouncer } from '../support/pgbouncer';
import { runProgram, startServer, stopProgram, type RunningServer } from '../support/process';
import { startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../support/test-app';

const KEY = /dakkio_a_[0-9A-Za-z]{36}/;
const SERVERS = 3;
const BATCHES = 30;
const POINTS_PER_BATCH = 20;

/** `.ci/run` installs it; elsewhere, without it, these tests are left out. */
const behind = ON_POSTGRES && HAS_PGBOUNCER ? describe : describe.skip;

behind('behind PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let receiver: Receiver;
  let servers: RunningServer[] = [];
  beforeEach(async () => {
    receiver = await startReceiver();
    database = await createDatabase();
    bouncer = await startPgBouncer(database.url);
  });
  afterEach(async () => {
    for (const { child } of servers) child.kill('SIGKILL');
    await Promise.all(servers.map(({ ended }) => ended));
    servers = [];
    await receiver.close();
    await bouncer.stop();
    await database.remove();
  });

  /** Starts all at once on the empty database, and gives the Admin key that one of them has made. */
  async function startAll(): Promise<string> {
    const environment = { DATABASE_URL: bouncer.url, DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8' };
    servers = await Promise.all(Array.from({ length: SERVERS }, () => startServer(environment)));
    const keys = servers.flatMap(({ printed }) => KEY.exec(printed.stdout)?.[0] ?? []);
    expect(keys).toHaveLength(1);
    return keys[0] ?? '';
  }

  const cli = (...args: string[]) => runProgram('cli.js', args, { DATABASE_URL: bouncer.url }).ended;

  it('starts several servers at once, stores what it acknowledges, rotates keys, fires alerts and runs commands', async () => {
    const key = await startAll();
    const callOf = (index: number) => (servers[index % SERVERS] as RunningServer).call;
    const create = async (path: string, body: object, as = key, at = 0) => {
      const made = await callOf(at)('POST', path, { key: as, body });
      expect([path, made.status]).toEqual([path, 201]);
      return made.body;
    };
    const bucketId = (await create('/api/buckets', { name: 'Greenhouse' })).bucket._id as string;
    const schema = { t: 'number' };
    const sourceId = (await create(`/api/buckets/${bucketId}/sources`, { name: 'Climate', schema })).dataSource
      ._id as string;
    const write = (await create(`/api/buckets/${bucketId}/keys`, { name: 'Sensor', type: 'write' })).apiKey as {
      _id: string;
      key: string;
    };

    const read = (await create(`/api/buckets/${bucketId}/keys`, { name: 'Screen', type: 'read' })).apiKey as {
      key: string;
    };

    const startAt = Date.now() - 3_600_000;
    const batch = (index: number) =>
      Array.from({ length: POINTS_PER_BATCH }, (_, point) => ({
        dataSourceId: sourceId,
        timestamp: startAt + (index * POINTS_PER_BATCH + point) * 1000,
        values: { t: point },
      }));
    await Promise.all(
      Array.from({ length: BATCHES }, (_, index) =>
        create('/api/data/batch', { dataPoints: batch(index) }, write.key, index),
      ),
    );
    for (const { call } of servers) {
      const body = { filters: { limit: 10_000 }, downsampling: false };
      const asked = await call('POST', '/api/data/query', { key: read.key, body });
      expect([asked.status, asked.body.data?.length, asked.body.message]).toEqual([
        200,
        BATCHES * POINTS_PER_BATCH,
        undefined,
      ]);
      const { body: overview } = await call('GET', `/api/analytics/buckets/${bucketId}`, { key });
      expect(JSON.stringify(overview)).toContain(`"totalDataPoints":${BATCHES * POINTS_PER_BATCH}`);
    }

    const rule = { dataSourceId: sourceId, name: 'Hot', condition: 't > 1000', webhookUrl: `${receiver.url}/hook` };
    await create('/api/alerts', rule, write.key, 1);
    const rotated = (await create(`/api/buckets/${bucketId}/keys/${write._id}/rotate`, {}, key, 2)).apiKey as {
      key: string;
    };
    await create('/api/data', { dataSourceId: sourceId, values: { t: 2000 } }, rotated.key, 2);
    await receiver.waitFor(1);

    expect((await cli('rollups:rebuild')).code).toBe(0);
    const verified = await cli('audit:verify');
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('rows verified')]);

    // Nothing that a session keeps is left for the next client of the connection.
    const direct = await new Client(database.url).connect();
    const { rows } = await direct.query(`SELECT count(*)::int AS held FROM pg_locks
      WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    expect(rows).toEqual([{ held: 0 }]);
    await direct.end();
    for (const server of servers) expect(await stopProgram(server)).toBe(0);
  });
});
