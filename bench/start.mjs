// `npm run bench:start`: the time until the server is ready, and its memory when it is idle.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { temporaryFolder } = await import('./support/databases.mjs');
const { readOptions } = await import('./support/options.mjs');
const { residentMegabytes } = await import('./support/processes.mjs');
const { below, publish, table } = await import('./support/report.mjs');
const { call, newAdminKey, startDakkio, startOther } = await import('./support/servers.mjs');

const GOAL_SECONDS = 0.5;
const GOAL_MEGABYTES = 110;
/** The server returns the memory of its start within 25 seconds. */
const SECONDS_UNTIL_IDLE = '25';

const { seconds: idleSeconds, rounds, write } = readOptions({ seconds: SECONDS_UNTIL_IDLE, rounds: '7' });
const measured = { first: [], again: [], echo: [] };
for (let round = 1; round <= rounds; round++) {
  const [path, adminKey] = [join(temporaryFolder(), 'data', 'dakkio.db'), newAdminKey()];
  const serve = () => startDakkio(path, adminKey);
  measured.first.push(await measureStart(serve, ready));
  measured.again.push(await measureStart(serve, ready));
  measured.echo.push(await measureStart(() => startOther('echo'), echoes));
  const last = Object.entries(measured).map(([name, starts]) => `${name} ${starts.at(-1).seconds.toFixed(2)} s`);
  say(`round ${round}: ${last.join(', ')}`);
}

publish({
  script: 'bench:start',
  about:
    'Seconds from the start of `node dist/main.js` to its first answer from `/health/ready`, and resident memory ' +
    `${idleSeconds} s later, without any other request; medians of ${rounds} starts, with minimum and maximum.`,
  parts: [
    table(
      ['Start', 'seconds', 'goal', 'resident, MB', 'goal'],
      [
        row('on an existing database', measured.again, true),
        row('in an empty folder', measured.first, true),
        row('plain Nest on Express with one route and no database, for comparison', measured.echo, false),
      ],
    ),
  ],
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});

function ready(server) {
  return call(server, 'GET', '/health/ready');
}

function echoes(server) {
  return call(server, 'POST', '/echo', { body: {} });
}

async function measureStart(serve, ask) {
  const startedAt = performance.now();
  const server = await serve();
  await ask(server);
  const seconds = (performance.now() - startedAt) / 1000;
  await pause(idleSeconds * 1000);
  const megabytes = residentMegabytes(server.pid);
  await server.stop();
  return { seconds, megabytes };
}

function row(what, starts, hasGoal) {
  return [
    what,
    ...below(
      starts.map((start) => start.seconds),
      hasGoal ? GOAL_SECONDS : undefined,
    ),
    ...below(
      starts.map((start) => start.megabytes),
      hasGoal ? GOAL_MEGABYTES : undefined,
    ),
  ];
}
