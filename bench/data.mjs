// `npm run bench:data`: ingest and queries, compared with InfluxDB 1 and VictoriaMetrics if Debian's packages of them are installed.
import { ensureBuilt } from '../scripts/ready.mjs';

ensureBuilt();
const { driverPath } = await import('./data/driver.mjs');
const { formats } = await import('./data/formats.mjs');
const { ingest } = await import('./data/ingest.mjs');
const { queries } = await import('./data/queries.mjs');
const { isInstalled, versionOf } = await import('./support/peers.mjs');
const { startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { publish } = await import('./support/report.mjs');

const { seconds, rounds, write } = readOptions();
const load = startLoad();
const parts = [
  ...(await ingest({ load, seconds, rounds })),
  ...(await queries({ load, seconds, rounds })),
  await formats({ load, seconds, rounds }),
  await driverPath({ rounds }),
];
load.stop();
const peers = [
  ['influxd', 'influxdb', 'InfluxDB'],
  ['victoria-metrics', 'victoria-metrics', 'VictoriaMetrics'],
].map(([program, packageName, name]) => `${name} ${isInstalled(program) ? versionOf(packageName) : 'was not there'}`);
publish({
  script: 'bench:data',
  about:
    `Medians of ${rounds} rounds of ${seconds} s, after a warm-up round, all sides in turn. Points have three numbers, ` +
    'a time in milliseconds and the name of one of ten devices: metadata in dakkio, a tag in InfluxDB. InfluxDB has ' +
    'authentication on and syncs each write, its default; dakkio has a Write key and commits to disk before each ' +
    'response. VictoriaMetrics syncs some seconds later, and its response cache is off. CPU is that of the server ' +
    `only. ${peers.join(', ')}.`,
  parts,
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});
