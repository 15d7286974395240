// `npm run bench:alerts`: what a hundred alert rules cost those who store points.
import { join } from 'node:path';
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { asJson, DEVICES, SCHEMA } = await import('./support/climate.mjs');
const { startWithSource } = await import('./support/dakkio.mjs');
const { temporaryFolder } = await import('./support/databases.mjs');
const { startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { figure, publish, shown, table } = await import('./support/report.mjs');
const { cpuPerThousandOf, measureInTurn, perSecondOf, ratioOf } = await import('./support/statistics.mjs');

const GOAL = 0.95;
const DAY_MILLIS = 86_400_000;

/** A hundred rules, of which twenty hold all the time and ten wait for a duration. */
const CONDITIONS = Array.from({ length: 100 }, (_, index) => {
  if (index < 50) return `temperature is greater than ${40 + index}`;
  if (index < 70) return `humidity is less than ${90 + index}`;
  if (index < 80) return 'pressure > 900 for 30 days';
  if (index < 90) return `temperature > ${index} and humidity > 90`;
  return 'no data for 1 hour';
});

const { seconds, rounds, write } = readOptions();
const load = startLoad();
const dakkio = await startWithSource(join(temporaryFolder(), 'dakkio.db'), { DAKKIO_WEBHOOK_ALLOW: '127.0.0.1' });
const watched = await dakkio.makeSource('Watched', SCHEMA);
for (const [index, condition] of CONDITIONS.entries())
  await dakkio.makeAlert({
    dataSourceId: watched,
    name: `Rule ${index}`,
    condition,
    cooldownMinutes: 43_200,
    // Nobody listens there.
    webhookUrl: 'http://127.0.0.1:9/',
  });

/** Points of the last hours, since no rule tells of older ones: a millisecond apart, so that they do not come to an end. */
function sender(sourceId) {
  let next = Date.now() - DAY_MILLIS / 2;
  return (points, connections) => async () => {
    const perTime = points === 1 ? 1 : DEVICES;
    const text = dakkio.ingestion(asJson(sourceId, points), points);
    const series = { text, firstMillis: next, stepMillis: 1, perTime };
    const round = await load.run({ server: dakkio.server, series, status: 201, seconds, connections });
    next += round.answered * (points / perTime);
    return { perSecond: round.perSecond * points, answered: round.answered * points, cpuSeconds: round.cpuSeconds };
  };
}

const sides = { plain: sender(dakkio.sourceId), watched: sender(watched) };
const rows = [];
for (const [what, points, connections] of [
  ['Batches of 1000, 8 connections, points a second', 1000, 8],
  ['Batches of 10, 8 connections, points a second', 10, 8],
  ['One by one, 32 connections, points a second', 1, 32],
]) {
  const inTurn = { plain: sides.plain(points, connections), watched: sides.watched(points, connections) };
  const measured = await measureInTurn(inTurn, rounds, say);
  const rates = [measured.watched, measured.plain].map((side) => shown(perSecondOf(side)));
  const cpu = cpuPerThousandOf(measured.watched) / cpuPerThousandOf(measured.plain);
  rows.push([what, ...rates, ...figure(ratioOf(measured.watched, measured.plain), GOAL), cpu.toFixed(2)]);
}
load.stop();
await dakkio.server.stop();
publish({
  script: 'bench:alerts',
  about:
    `Medians of ${rounds} rounds of ${seconds} s, after a round of warming up, both sides in turn on one server: two data sources ` +
    'of one bucket, one of them with a hundred alert rules, of which fifty compare, twenty hold, ten wait for a duration, ten join ' +
    'two fields and ten ask for silence.',
  parts: [table(['Points in', '100 rules', 'none', 'ratio', 'goal', 'CPU, ratio'], rows)],
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});
