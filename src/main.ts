import { setFlagsFromString } from 'node:v8';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app';
import { readConfig, unknownVariables, type DatabaseUse } from './common/config/config';
import { ConfigError } from './common/config/settings';
import { ServerLogger } from './common/logger';
import { printableLines } from './common/printable';
import { AuditAnchors } from './audit/audit-anchors';
import { AdminKeys } from './setup/admin-keys';
import { explainFailure, listenError } from './start-failures';
import { welcome } from './welcome';

/**
 * What a batch is read into waits for its commit. V8 may take that for objects that live long, and from then on make all of their
 * kind in the old generation, where getting rid of them costs a third of the time of ingest and a hundred megabytes.
 */
setFlagsFromString('--no-allocation-site-pretenuring');

/** Less than the ten seconds that supervisors commonly wait before they kill. */
const LONGEST_STOP_MILLIS = 9500;

async function start(args: readonly string[]): Promise<void> {
  const config = { ...readConfig(process.env), databaseUse: databaseUseOf(args) };
  const logger = new ServerLogger(config.logLevel);
  for (const sentence of unknownVariables(process.env)) logger.warn(sentence, 'Config');

  logWarningsOfNode(logger);
  const stopping = stopOnSignals(logger);
  const app = await createApp(config, logger);
  stopping.app = app;
  await app.init();
  const firstKey = await app.get(AdminKeys).ensureFirst(config.presetAdminKey);
  await app.listen(config.port, config.host).catch((cause: unknown) => {
    throw listenError(cause, config);
  });
  const address = app.getHttpServer().address() as { port: number };
  process.stdout.write(welcome({ port: address.port, host: config.host, docs: config.docs, firstKey }));
  // A terminal has a reader who would be disturbed, and keeps nothing.
  if (!process.stdout.isTTY) app.get(AuditAnchors).printTo(process.stdout);
}

/** @throws ConfigError for an argument that the server does not know */
function databaseUseOf(args: readonly string[]): DatabaseUse {
  const unknown = args.find((arg) => arg !== '--new');
  if (unknown !== undefined)
    throw new ConfigError(
      `Unknown argument ${unknown}. The only one is --new, which begins a new database: npm start -- --new. Everything else is set by environment variables`,
    );
  return args.includes('--new') ? 'begin' : 'serve';
}

/** What a signal closes. */
interface Stopping {
  /** Undefined while the database is waited for or migrated: then nothing runs yet, and the process ends at once. */
  app?: NestExpressApplication;
}

function stopOnSignals(logger: ServerLogger): Stopping {
  const started: Stopping = {};
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // A terminal tells every process of the command, and `npm start` hands it on: twice is no wish of its own.
    if (stopping) return;
    stopping = true;
    if (!started.app) {
      logger.log(`${signal}: stopping before the start is complete`, 'Main');
      process.exit(0);
    }
    logger.log(`${signal}: finishing what runs, then stopping`, 'Main');
    setTimeout(() => process.exit(1), LONGEST_STOP_MILLIS).unref();
    // Nest closes the port only when background work has stopped, which can take seconds while the database is slow.
    void started.app.getHttpAdapter().close();
    void started.app.close().then(
      () => process.exit(0),
      (cause: Error) => {
        logger.error('Stopping failed', cause.stack, 'Main');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return started;
}

/** Node prints them to standard error in several lines, between the lines of the log. */
function logWarningsOfNode(logger: ServerLogger): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => logger.warn(message.split('\n')[0], 'Node'));
}

start(process.argv.slice(2)).catch((cause: unknown) => {
  process.stderr.write(`${printableLines(explainFailure(cause))}\n`);
  process.exit(1);
});
