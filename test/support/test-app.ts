import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../../src/app';
import { readConfig } from '../../src/common/config/config';
import { ServerLogger } from '../../src/common/logger';
import { AdminKeys } from '../../src/setup/admin-keys';
import { caller, type Call } from './call';
import { leakedKeys } from './canary';
import { FOR_TESTS } from './process';
import { createDatabase, type TestDatabase } from './test-database';

export { createDatabase, EMPTY, ON_POSTGRES, type TestDatabase } from './test-database';

/** The real application, listening on a free port of the loopback, with its first Admin key. */
export interface TestApp {
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  readonly url: string;
  readonly port: number;
  readonly adminKey: string;
  /** Sends a request and reads its answer. */
  readonly call: Call;
  /** The lines of its log. */
  readonly logs: readonly string[];
  /** Stops the application and drops its database. */
  stop(): Promise<void>;
}

/** Without a reserve: writing it takes time, and few tests fill a disk. */
const HERE = { HOST: '127.0.0.1', PORT: '0', DAKKIO_DISK_RESERVE_BYTES: '0' };

export async function startApp(environment: Record<string, string> = {}, database?: TestDatabase): Promise<TestApp> {
  const own = database ?? (await createDatabase());
  const config = readConfig({ ...HERE, ...FOR_TESTS, DATABASE_URL: own.url, ...environment });
  const logs: string[] = [];
  const app = await createApp(
    config,
    new ServerLogger(config.logLevel, { isTTY: false, write: (line) => logs.push(line) }),
  );
  const start = async () => {
    await app.init();
    const made = await app.get(AdminKeys).ensureFirst(config.presetAdminKey);
    await app.listen(config.port, config.host);
    return made;
  };
  const first = await start().catch(async (cause: unknown) => {
    // Otherwise running work continues after the database is deleted.
    await app.close();
    if (!database) await own.remove();
    throw cause;
  });
  const { port } = app.getHttpServer().address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    // A test that broke its database has nothing left to look into.
    const leaked = await leakedKeys({ app, database: own, logs }).catch(() => []);
    await app.close();
    if (!database) await own.remove();
    if (leaked.length > 0) throw new Error(`${leaked.length} whole keys are in the database or the log`);
  };
  const adminKey = first.kind === 'made' ? first.key : (config.presetAdminKey ?? '');
  return { app, database: own, url, port, adminKey, call: caller(url), logs, stop };
}
