import { DataSource } from 'typeorm';
import { migrate } from '../../src/database/migrate';
import { databaseOptions } from '../../src/database/options';
import { preparePrograms } from './postgres-programs';
import { PostgresServer } from './postgres-server';
import { MIGRATED } from './test-database';

declare global {
  var postgresOfTests: { stop(): Promise<void> } | undefined;
}

interface Project {
  /** `jest.rounds.config.js` sets the database; otherwise the caller's environment does. */
  readonly testEnvironmentOptions: { readonly database?: string };
}

/** For the round on PostgreSQL, starts one server for all tests. Each test makes its own database there. */
export default async function setUp(_: unknown, { testEnvironmentOptions }: Project): Promise<void> {
  if ((testEnvironmentOptions.database ?? process.env.TEST_DATABASE) !== 'postgres') return;
  try {
    const removePrograms = preparePrograms();
    const server = await PostgresServer.create({ flags: ['-c', 'max_connections=300'], auth: 'password' });
    await server.start();
    await makeTemplate(server);
    process.env.TEST_POSTGRES_URL = server.urlOf('').replace(/\/$/, '');
    globalThis.postgresOfTests = {
      stop: async () => {
        await server.remove();
        removePrograms();
      },
    };
  } catch (cause) {
    process.stderr.write(`The tests' PostgreSQL cannot start: ${(cause as Error).message}\n`);
    process.exit(1);
  }
}

/** A migrated database that those of applications are copied from. */
async function makeTemplate(server: PostgresServer): Promise<void> {
  await server.run(`CREATE DATABASE ${MIGRATED}`);
  const dataSource = new DataSource(databaseOptions({ type: 'postgres', url: server.urlOf(MIGRATED) }, []));
  await dataSource.initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  // A database that something is connected to cannot be copied.
  await server.run(`ALTER DATABASE ${MIGRATED} ALLOW_CONNECTIONS false`);
}
