// `npm run bench:live`: a thousand readers of new points, and what a stream costs those who store points.
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { ingestWithReader } = await import('./live/ingest.mjs');
const { manyReaders } = await import('./live/readers.mjs');
const { startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { publish } = await import('./support/report.mjs');

const { seconds, rounds, write } = readOptions();
const readers = await manyReaders({ seconds: 4 * seconds, tell: say });
const load = startLoad();
const ingest = await ingestWithReader({ load, seconds, rounds, tell: say });
load.stop();
publish({
  script: 'bench:live',
  about:
    'Readers: Server-Sent Events of all points of a bucket. A delay is the time from before the request that stores the point ' +
    `until the client has read its event, of every 25th reader, during ${4 * seconds} s; events are sent at most every 250 ms. ` +
    'Memory is the growth of the resident memory of the server process. Sender, readers and server share the machine. ' +
    `Ingest: medians of ${rounds} rounds of ${seconds} s, after a warm-up round, both sides in turn, each with its own server and ` +
    'database: a bucket whose commits are recorded for a stream, and one without.',
  parts: [readers, ingest],
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});
