// `npm run bench:keys`: the cost of checking and creating a key, compared with the plain framework.
import { join } from 'node:path';
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { checkText, NEW_KEY, startWithBucket } = await import('./support/dakkio.mjs');
const { cutKeys, fillKeys, temporaryFolder } = await import('./support/databases.mjs');
const { openKeyService } = await import('./support/group-commit.mjs');
const { requestText, startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { comparison, publish } = await import('./support/report.mjs');
const { startOther } = await import('./support/servers.mjs');
const { measureInTurn } = await import('./support/statistics.mjs');

const FEW_KEYS = 100;
const MANY_KEYS = 100_000;
/** Creations in a round on tables of two sizes: few enough that the small one stays small. */
const CREATIONS = 2000;
const CREATION_ROUNDS_PER_ROUND = 3;

const { seconds, rounds, write } = readOptions();
const load = startLoad();
const parts = [await againstEcho(), await groupCommit(), await tableSizes()];
load.stop();
publish({
  script: 'bench:keys',
  about:
    `Requests per second over 32 connections, one outstanding on each; medians of ${rounds} rounds of ${seconds} s, ` +
    'after a warm-up round, both sides in turn. Ratios: median of the ratios of the rounds, with minimum and maximum. ' +
    'Every creation is on disk before the response. CPU is that of the server only.',
  parts,
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});

async function againstEcho() {
  const { server, check, create } = await startWithBucket();
  const echo = await startOther('echo');
  const echoed = requestText('POST', '/echo', { body: NEW_KEY });
  const sides = {
    echo: () => load.run({ server: echo, requests: [echoed], status: 201, seconds }),
    check: () => load.run({ server, requests: [check], status: 200, seconds }),
    create: () => load.run({ server, requests: [create.text], status: create.status, seconds }),
  };
  const measured = await measureInTurn(sides, rounds, say);
  await Promise.all([server.stop(), echo.stop()]);
  return comparison(
    'Compared with a JSON echo on plain Nest on Express',
    ['dakkio', 'echo'],
    [
      { what: 'Check: `GET /api/keys/self`', ours: measured.check, theirs: measured.echo, goal: 3 },
      {
        what: 'Durable creation: `POST /api/buckets/:bucketId/keys`',
        ours: measured.create,
        theirs: measured.echo,
        goal: 1.3,
      },
    ],
  );
}

async function groupCommit() {
  const service = await openKeyService(join(temporaryFolder(), 'dakkio.db'));
  const sides = { together: () => service.together(seconds), alone: () => service.alone(seconds) };
  const { together, alone } = await measureInTurn(sides, rounds, say);
  await service.close();
  return comparison(
    'Without HTTP: 32 callers, or one',
    ['shared commits', 'one commit each'],
    [{ what: 'Durable creation: `KeyService.create`', ours: together, theirs: alone, goal: 3 }],
  );
}

async function tableSizes() {
  const [many, few] = await Promise.all([MANY_KEYS, FEW_KEYS].map(startFilled));
  const checks = await measureInTurn({ many: many.check, few: few.check }, rounds, say);
  const creationRounds = rounds * CREATION_ROUNDS_PER_ROUND;
  const creations = await measureInTurn({ many: many.create, few: few.create }, creationRounds, say);
  await Promise.all([many.stop(), few.stop()]);
  const creationsSaid = `Durable creation, ${creationRounds} rounds of ${CREATIONS}, each deleted again`;
  return comparison(
    'Keys in the table',
    [MANY_KEYS, FEW_KEYS],
    [
      { what: 'Check, by 100 keys in rotation', ours: checks.many, theirs: checks.few, goal: 0.9 },
      { what: creationsSaid, ours: creations.many, theirs: creations.few, goal: 0.9 },
    ],
  );
}

async function startFilled(count) {
  const path = join(temporaryFolder(), 'dakkio.db');
  const { server, bucketId, create } = await startWithBucket(path);
  const keys = fillKeys(path, bucketId, count);
  const step = Math.ceil(keys.length / FEW_KEYS);
  const checks = keys.filter((_, index) => index % step === 0).map(checkText);
  return {
    check: () => load.run({ server, requests: checks, status: 200, seconds }),
    create: () => {
      cutKeys(path, count);
      return load.run({ server, requests: [create.text], status: create.status, seconds, count: CREATIONS });
    },
    stop: server.stop,
  };
}
