import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { createApp } from './app';
import { AppModule } from './app.module';
import { newKeyText } from './api-keys/key-text';
import { readConfig } from './common/config/config';
import { ServerLogger } from './common/logger';
import { openApiDocument } from './common/openapi/openapi-document';
import { AdminKeys } from './setup/admin-keys';
import { explainFailure } from './welcome';

const USAGE = `Usage:
  npm run admin-key -- --name "Ops laptop"   make another Admin key, while the server runs or not
  npm run admin-key -- --generate            print a well-formed Admin key to preset, without touching the database
  npm run docs:openapi                       write docs/openapi.json anew
`;

/** The operator's commands, on the services that the server runs on. */
async function run([command, ...rest]: string[]): Promise<void> {
  if (command === 'admin-key') return adminKey(rest);
  if (command === 'openapi') return openApi(rest[0] ?? 'docs/openapi.json');
  fail(USAGE);
}

async function adminKey(args: string[]): Promise<void> {
  const { name, generate } = parseAdminKey(args);
  if (generate) {
    process.stdout.write(`${newKeyText('admin')}\n`);
    return;
  }
  if (name === undefined || !isName(name)) {
    return fail(`--name must have 1 to 100 characters, and no control characters\n\n${USAGE}`);
  }
  const config = readConfig(process.env);
  const context = await NestFactory.createApplicationContext(AppModule.forRoot(config), {
    logger: new ServerLogger('error'),
    abortOnError: false,
  });
  const { key } = await context
    .get(AdminKeys)
    .add({ kind: 'command line', user: userInfo().username }, { name: name.normalize('NFC') });
  await context.close();
  process.stdout.write(`${key}\n`);
  process.stderr.write('Store it now: it is never shown again.\n');
}

/** What the API takes as a key's name. */
function isName(name: string): boolean {
  return name.trim() !== '' && [...name].length <= 100 && !/\p{Cc}/u.test(name) && name.isWellFormed();
}

function parseAdminKey(args: string[]) {
  try {
    return parseArgs({ args, options: { name: { type: 'string' }, generate: { type: 'boolean' } } }).values;
  } catch (cause) {
    return fail(`${(cause as Error).message}\n\n${USAGE}`);
  }
}

async function openApi(path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-openapi-'));
  const app = await createApp(
    readConfig({ DATABASE_URL: `sqlite:${join(folder, 'empty.db')}`, DAKKIO_LOG_LEVEL: 'error' }),
  );
  await app.init();
  writeFileSync(path, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
  await app.close();
  rmSync(folder, { recursive: true });
}

function fail(text: string): never {
  process.stderr.write(text);
  process.exit(2);
}

run(process.argv.slice(2)).catch((cause: unknown) => {
  process.stderr.write(`${explainFailure(cause).replace('Cannot start', 'Cannot do that')}\n`);
  process.exit(1);
});
