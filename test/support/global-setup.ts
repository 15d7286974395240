import { preparePrograms } from './postgres-programs';
import { PostgresServer } from './postgres-server';

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
