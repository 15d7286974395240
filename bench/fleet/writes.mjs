// What verified requests write: nothing, and the database is asked, not the server.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { say } from '../../scripts/ready.mjs';
import { checkText, NEW_KEY, startWithBucket } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { startPostgres } from '../support/postgres.mjs';
import { shown, table } from '../support/report.mjs';
import { countCommits } from '../support/sqlite-commits.mjs';

const KEYS = 100;
const CHECKS = 20_000;
const CREATIONS = 200;
/** What PostgreSQL does by itself would be counted too. */
const NO_HOUSEKEEPING = ['-c', 'autovacuum=off'];
/** What requests came to is written down when the server has run for so long, and from then on time and again. */
const FIRST_FLUSH_SECONDS = 30;

/** Counts commits while keys are checked and, to show that the counting counts, while keys are made and at the end. */
export async function writesPerRequest({ load }) {
  const path = join(temporaryFolder(), 'dakkio.db');
  const onSqlite = await countOn('SQLite', { load, path, count: () => countCommits(path) });
  const postgres = await startPostgres(NO_HOUSEKEEPING);
  try {
    const { environment, countCommits: count } = postgres;
    return commitsTable([...onSqlite, ...(await countOn('PostgreSQL', { load, environment, count }))]);
  } finally {
    await postgres.stop();
  }
}

async function countOn(database, { load, path, environment, count }) {
  const startedAt = performance.now();
  const { server, create, make, restrictions } = await startWithBucket(path, environment);
  const bounds = await restrictions();
  const wanted = Array.from({ length: KEYS }, (_, index) => ({ ...NEW_KEY, ...(index % 2 === 0 && bounds) }));
  const requests = (await make(wanted)).map(checkText);
  const counted = async (what, asked, work) => {
    const end = await count();
    await work();
    const row = { what: `${database}: ${what}`, asked, ...(await end()) };
    say(`${row.what}: ${row.transactions} transactions`);
    return row;
  };
  const seconds = FIRST_FLUSH_SECONDS;
  const checks = await counted(`checks by ${KEYS} keys, every second one with all restrictions`, CHECKS, () =>
    load.run({ server, requests, status: 200, seconds, count: CHECKS }),
  );
  if (performance.now() - startedAt > FIRST_FLUSH_SECONDS * 1000)
    throw new Error('This machine is too slow to check so many keys before the first flush');
  const creations = await counted('sequential creations', CREATIONS, () =>
    load.run({ server, requests: [create.text], status: create.status, seconds, count: CREATIONS, connections: 1 }),
  );
  const flush = await counted('shutdown of the server, which writes the usage of these requests', 0, () =>
    server.stop(),
  );
  return [{ ...checks, goal: 0 }, creations, flush];
}

function commitsTable(rows) {
  return table(
    ['Write transactions', 'requests', 'transactions', 'goal', 'bytes of log'],
    rows.map(({ what, asked, transactions, goal, bytes }) => [
      what,
      asked > 0 ? shown(asked) : '–',
      goal === undefined ? transactions : `**${transactions}**`,
      goal === undefined ? '' : `${goal} (${transactions === goal ? 'met' : '**missed**'})`,
      bytes.toLocaleString('en-US'),
    ]),
  );
}
