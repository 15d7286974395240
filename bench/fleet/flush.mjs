// How long the use of a whole fleet takes to be written down, and whom that holds up.
import { join } from 'node:path';
import { say } from '../../scripts/ready.mjs';
import { startCaller } from '../support/caller.mjs';
import { checkText } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { startPostgres } from '../support/postgres.mjs';
import { below, table } from '../support/report.mjs';
import { newAdminKey, startAnswering } from '../support/servers.mjs';

const KEYS = 100_000;
const CALLER_KEYS = 100;
const GOAL_SECONDS = 2;
const GOAL_WAIT_MILLIS = 25;
const DAY_MILLIS = 86_400_000;

/** Flushes of 100,000 active keys while a caller checks keys, each compared with the same duration without a flush. */
export async function flushOfFleet({ rounds }) {
  const onSqlite = await measureOn(
    'SQLite',
    { DATABASE_URL: `sqlite:${join(temporaryFolder(), 'dakkio.db')}` },
    rounds,
  );
  const postgres = await startPostgres();
  try {
    return flushTable([...onSqlite, ...(await measureOn('PostgreSQL', postgres.environment, rounds))]);
  } finally {
    await postgres.stop();
  }
}

async function measureOn(database, environment, rounds) {
  const { server, requests } = await startFilled(environment);
  const caller = startCaller();
  const measured = { first: [], again: [] };
  let idleMillis = (GOAL_SECONDS * 1000) / 2;
  // No warm-up: the first flush of a server is like all others.
  for (let round = 1; round <= rounds; round++) {
    // Each round has a day of its own, which its first flush begins.
    const day = Math.floor(Date.now() / DAY_MILLIS) + round;
    for (const [flushes, name] of Object.keys(measured).entries()) {
      await caller.begin({ server, requests, status: 200 });
      const idle = await server.ask({ ask: 'idle', millis: idleMillis });
      const flush = await server.ask({ ask: 'flush', day, afterMillis: flushes });
      const waits = await caller.finish();
      idleMillis = flush.to - flush.from;
      const result = { flush: withLongestWait(flush, waits), idle: withLongestWait(idle, waits) };
      measured[name].push(result);
      say(`${database}, round ${round}: ${name} flush ${told(result.flush)}; without: ${told(result.idle)}`);
    }
  }
  caller.stop();
  await server.stop();
  return [
    [`${database}: the first of a day, which inserts a row per key`, measured.first],
    [`${database}: a later one, which updates these rows`, measured.again],
  ];
}

async function startFilled(environment) {
  const server = await startAnswering('fleet', {
    PORT: '0',
    HOST: '127.0.0.1',
    DAKKIO_ADMIN_KEY: newAdminKey(),
    DAKKIO_LOG_LEVEL: 'warn',
    ...environment,
  });
  const { texts } = await server.ask({ ask: 'fill', keys: KEYS, texts: CALLER_KEYS });
  return { server, requests: texts.map(checkText) };
}

function withLongestWait({ from, to, longestTurn }, waits) {
  const meanwhile = waits.filter(([sentAt, answeredAt]) => answeredAt > from && sentAt < to);
  const longestWait = Math.max(...meanwhile.map(([sentAt, answeredAt]) => answeredAt - sentAt));
  return { seconds: (to - from) / 1000, longestTurn, longestWait, requests: meanwhile.length };
}

function told({ seconds, longestWait, longestTurn }) {
  return `${seconds.toFixed(2)} s, longest wait ${longestWait.toFixed(1)} ms, longest turn ${longestTurn.toFixed(1)} ms`;
}

function flushTable(rows) {
  return table(
    [
      `Flush of ${KEYS.toLocaleString('en-US')} active keys`,
      'seconds',
      'goal',
      'longest wait, ms',
      'goal for the maximum',
      'without a flush',
      'longest turn, ms',
      'without a flush',
    ],
    rows.map(([what, results]) => {
      const of = (side, name) => results.map((result) => result[side][name]);
      return [
        what,
        ...below(of('flush', 'seconds'), GOAL_SECONDS),
        ...below(of('flush', 'longestWait'), GOAL_WAIT_MILLIS, { always: true }),
        below(of('idle', 'longestWait'))[0],
        below(of('flush', 'longestTurn'))[0],
        below(of('idle', 'longestTurn'))[0],
      ];
    }),
  );
}
