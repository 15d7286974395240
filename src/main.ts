import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app';
import { readConfig, unknownVariables, type Config, type DatabaseUse } from './common/config/config';
import { ConfigError } from './common/config/settings';
import { ServerLogger } from './common/logger';
import { printableLines } from './common/printable';
import { AuditAnchors } from './audit/audit-anchors';
import { AdminKeys } from './setup/admin-keys';
import { ConsoleLinks } from './setup/console-links';
import { serverAddresses } from './console-address';
import { VERSION } from './common/installation';
import { returnStartMemory } from './idle-memory';
import { explainFailure, listenError } from './start-failures';
import { welcome, type FirstLink } from './welcome';

/** Shorter than the ten seconds that supervisors commonly wait before they kill a process. */
const LONGEST_STOP_MILLIS = 9500;

async function start(args: readonly string[]): Promise<void> {
  if (args.includes('--version')) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  const config = { ...readConfig(process.env), databaseUse: databaseUseOf(args) };
  const logger = new ServerLogger(config.logLevel);
  for (const sentence of unknownVariables(process.env)) logger.warn(sentence, 'Config');

  logNodeWarnings(logger);
  const stopping = stopOnSignals(logger);
  const app = await createApp(config, logger);
  stopping.app = app;
  await app.init();
  const firstKey = await app.get(AdminKeys).ensureFirst(config.presetAdminKey);
  await app.listen(config.port, config.host).catch((cause: unknown) => {
    throw listenError(cause, config);
  });
  const address = app.getHttpServer().address() as { port: number };
  logger.log(`Dakkio ${VERSION} listens on port ${address.port}, on Node.js ${process.version}`, 'Main');
  const running = { ...config, port: address.port };
  const link = firstKey.kind === 'made' && config.console ? await firstLink(app, running, logger) : undefined;
  // Never through the logger: what follows contains a key and a code.
  process.stdout.write(welcome({ ...running, version: VERSION, firstKey, link }));
  // A terminal keeps no anchors, and a person reads it.
  if (!process.stdout.isTTY) app.get(AuditAnchors).printTo(process.stdout);
  returnStartMemory();
}

/** The Admin key that was made is printed even if no code can be created for it. */
async function firstLink(
  app: NestExpressApplication,
  config: Config,
  logger: ServerLogger,
): Promise<FirstLink | undefined> {
  try {
    const { code, expiresAt } = await app.get(ConsoleLinks).create({ kind: 'server' });
    return { code, expiresAt, addresses: serverAddresses(config) };
  } catch (cause) {
    logger.warn(`No link to the console could be created: ${(cause as Error).message}`, 'Main');
    return undefined;
  }
}

/** @throws ConfigError for an unknown argument */
function databaseUseOf(args: readonly string[]): DatabaseUse {
  const unknown = args.find((arg) => arg !== '--new');
  if (unknown !== undefined)
    throw new ConfigError(
      `Unknown argument ${unknown}. The server takes --new, which begins a new database (npm start -- --new), and --version. Everything else is set by environment variables`,
    );
  return args.includes('--new') ? 'begin' : 'serve';
}

interface Stopping {
  /** Undefined while the server waits for the database or migrates it: a signal then ends the process at once. */
  app?: NestExpressApplication;
}

function stopOnSignals(logger: ServerLogger): Stopping {
  const started: Stopping = {};
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Ctrl-C signals every process of the command, and `npm start` forwards it: a second signal means nothing more.
    if (stopping) return;
    stopping = true;
    if (!started.app) {
      logger.log(`${signal}: stopping before the start is complete`, 'Main');
      process.exit(0);
    }
    logger.log(`${signal}: finishing requests in progress, then stopping`, 'Main');
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

/** Node would print its warnings to standard error in several lines, between the lines of the log. */
function logNodeWarnings(logger: ServerLogger): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => logger.warn(message.split('\n')[0], 'Node'));
}

start(process.argv.slice(2)).catch((cause: unknown) => {
  process.stderr.write(`${printableLines(explainFailure(cause))}\n`);
  process.exit(1);
});
