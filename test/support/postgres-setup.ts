import { atTheEnd, migrateAt } from './migrated';
import { preparePrograms } from './postgres-programs';
import { PostgresServer } from './postgres-server';
import { MIGRATED } from './test-database';

/** Starts one server for all tests, with a migrated database. Each test makes its own database there. */
export default async function setUp(): Promise<void> {
  try {
    const removePrograms = preparePrograms();
    const server = await PostgresServer.create({ flags: ['-c', 'max_connections=300'], auth: 'password' });
    await server.start();
    await makePostgresTemplate(server);
    process.env.TEST_POSTGRES_URL = server.urlOf('').replace(/\/$/, '');
    atTheEnd(async () => {
      await server.remove();
      removePrograms();
    });
  } catch (cause) {
    process.stderr.write(`The tests' PostgreSQL cannot start: ${(cause as Error).message}\n`);
    process.exit(1);
  }
}

async function makePostgresTemplate(server: PostgresServer): Promise<void> {
  await server.run(`CREATE DATABASE ${MIGRATED}`);
  await migrateAt({ type: 'postgres', url: server.urlOf(MIGRATED) });
  // A database that something is connected to cannot be copied.
  await server.run(`ALTER DATABASE ${MIGRATED} ALLOW_CONNECTIONS false`);
}
