// `npm run bench:better-auth`: checking and making a key here, and with the API key plugin of better-auth.
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ROOT, run, say } from '../scripts/ready.mjs';

ensureBuilt();
ensureComparedInstalled();
const { temporaryFolder } = await import('./support/databases.mjs');
const { NEW_KEY, startWithBucket } = await import('./support/dakkio.mjs');
const { requestText, startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { comparison, publish } = await import('./support/report.mjs');
const { call, startOther } = await import('./support/servers.mjs');
const { measureInTurn } = await import('./support/statistics.mjs');

const { seconds, rounds, write } = readOptions();
const load = startLoad();
const [dakkio, betterAuth] = [await startWithBucket(), await startBetterAuth()];
const measure = ({ server, check, create }) => ({
  check: () => load.run({ server, requests: [check], status: 200, seconds }),
  create: () => load.run({ server, requests: [create.text], status: create.status, seconds }),
});
const [ours, theirs] = [measure(dakkio), measure(betterAuth)];
const checks = await measureInTurn({ dakkio: ours.check, 'better-auth': theirs.check }, rounds, say);
const creations = await measureInTurn({ dakkio: ours.create, 'better-auth': theirs.create }, rounds, say);
await Promise.all([dakkio.server.stop(), betterAuth.server.stop()]);
load.stop();

publish({
  script: 'bench:better-auth',
  about:
    `Requests per second over 32 connections, one outstanding on each; medians of ${rounds} rounds of ${seconds} s, ` +
    'after a warm-up round, both sides in turn. Both use better-sqlite3 with `journal_mode=WAL` and ' +
    '`synchronous=FULL`, so acknowledged writes are on disk. better-auth is set up as its documentation describes, ' +
    'with rate limits off: a key is created at its own endpoint with a session cookie; a check is a `node:http` route ' +
    'that calls `verifyApiKey`, which writes the time of use before it responds. dakkio writes these times twice a ' +
    'minute.',
  parts: [
    comparison(
      'dakkio and better-auth',
      ['dakkio', 'better-auth'],
      [
        { what: 'Check', ours: checks.dakkio, theirs: checks['better-auth'], goal: 25 },
        { what: 'Durable creation', ours: creations.dakkio, theirs: creations['better-auth'], goal: 8 },
      ],
    ),
  ],
  packages: ['better-auth', '@better-auth/api-key', '@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});

/** What a person does first: signs up, which begins a session, and makes a key. */
async function startBetterAuth() {
  const server = await startOther('better-auth', {
    DATABASE_PATH: join(temporaryFolder(), 'better-auth.db'),
    BETTER_AUTH_SECRET: randomBytes(32).toString('hex'),
  });
  const origin = { Origin: 'http://127.0.0.1' };
  const person = { name: 'Ada', email: 'ada@example.com', password: randomBytes(12).toString('hex') };
  const signUp = await call(server, 'POST', '/api/auth/sign-up/email', { headers: origin, body: person });
  const cookie = signUp.headers.getSetCookie().map((line) => line.split(';')[0]);
  const headers = { ...origin, Cookie: cookie.join('; ') };
  const body = { name: NEW_KEY.name };
  const { key } = (await call(server, 'POST', '/api/auth/api-key/create', { headers, body })).body;
  return {
    server,
    check: requestText('GET', '/check', { headers: { 'X-API-Key': key } }),
    create: { text: requestText('POST', '/api/auth/api-key/create', { headers, body }), status: 200 },
  };
}

/** Installs what is compared with, by the lock file of this folder. None of it runs a script. */
function ensureComparedInstalled() {
  const folder = join(ROOT, 'bench');
  const installed = join(folder, 'node_modules', '.package-lock.json');
  const lock = join(folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('Installing better-auth into bench/ …');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}
