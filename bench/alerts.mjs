// `npm run bench:alerts`: what a hundred alert rules cost those who store points.
import { join } from 'node:path';
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { asJson, DEVICES, SCHEMA } = await import('./support/climate.mjs');
const { startWithSource } = await import('./support/dakkio.mjs');
const { temporaryFolder } = await import('./support/databases.mjs');
const { startLoad } = await import('./support/load.mjs');
const { readOptions } = await import('./support/options.mjs');
const { below, figure, publish, shown, table } = await import('./support/report.mjs');
const { cpuPerThousandOf, measureInTurn, median, perSecondOf, ratioOf } = await import('./support/statistics.mjs');

const GOAL = 0.95;
const DAY_MILLIS = 86_400_000;

/** A hundred rules, of which twenty fire all the time and ten have a duration. */
const CONDITIONS = Array.from({ length: 100 }, (_, index) => {
  if (index < 50) return `temperature is greater than ${40 + index}`;
  if (index < 70) return `humidity is less than ${90 + index}`;
  if (index < 80) return 'pressure > 900 for 30 days';
  if (index < 90) return `temperature > ${index} and humidity > 90`;
  return 'no data for 1 hour';
});

/** Fewer than what is looked at, so that there is room for what the rounds add. */
const LATE_POINTS = 2700;
const LATE_GOAL_MILLIS = 50;
const DAY = { cooldownMinutes: 1440 };

const { seconds, rounds, write } = readOptions();
const load = startLoad();

/**
 * A server of its own for each side: of two sources in one tree, the later one is written to more cheaply. Both have made the
 * rules, since what else a server has done makes two per cent in what V8 makes of it.
 */
async function startSide(name, { keepsRules }) {
  const dakkio = await startWithSource(join(temporaryFolder(), `${name}.db`), { DAKKIO_WEBHOOK_ALLOW: '127.0.0.1' });
  const rules = await makeRules(dakkio, dakkio.sourceId, CONDITIONS);
  if (!keepsRules) for (const id of rules) await dakkio.removeAlert(id);
  return dakkio;
}

/** Rules whose webhooks are never received: port 9 is closed. Returns their ids. */
async function makeRules(dakkio, dataSourceId, conditions, more = {}) {
  const ids = [];
  for (const [index, condition] of conditions.entries()) {
    const rule = { dataSourceId, name: `Rule ${index}`, condition, webhookUrl: 'http://127.0.0.1:9/', ...more };
    ids.push(await dakkio.makeAlert({ cooldownMinutes: 43_200, ...rule }));
  }
  return ids;
}

const dakkios = {
  plain: await startSide('plain', { keepsRules: false }),
  watched: await startSide('watched', { keepsRules: true }),
};

/** Points of the last hours, since no rule tells of older ones: a millisecond apart, so that they do not come to an end. */
function sender(dakkio) {
  let next = Date.now() - DAY_MILLIS / 2;
  return (points, connections) => async () => {
    const perTime = points === 1 ? 1 : DEVICES;
    const text = dakkio.ingestion(asJson(dakkio.sourceId, points), points);
    const series = { text, firstMillis: next, stepMillis: 1, perTime };
    const round = await load.run({ server: dakkio.server, series, status: 201, seconds, connections });
    next += round.answered * (points / perTime);
    return { perSecond: round.perSecond * points, answered: round.answered * points, cpuSeconds: round.cpuSeconds };
  };
}

/**
 * Latency of a late point, for which a hundred rules read the 2700 points around it, compared with a point on time.
 * The rules have rung before, so that it is the looking alone.
 */
async function lateRow(dakkio) {
  const source = await dakkio.makeSource('Late', SCHEMA);
  const conditions = Array.from({ length: 100 }, (_, index) => `temperature is greater than ${40 + index}`);
  await makeRules(dakkio, source, conditions, DAY);
  const start = Date.now() - (LATE_POINTS + 60) * 1000;
  const point = (second, temperature) => ({
    dataSourceId: source,
    timestamp: start + second * 1000,
    values: { temperature, humidity: 50, pressure: 1000 },
  });
  for (let second = 0; second < LATE_POINTS; second += 900)
    await dakkio.store(Array.from({ length: 900 }, (_, index) => point(second + index, 20)));
  const times = { late: [], onTime: [] };
  for (let round = 0; round <= 4 * rounds; round++) {
    const late = await dakkio.store([point(1.5 + round / 1000, 200)]);
    const onTime = await dakkio.store([point(LATE_POINTS + round / 1000, 20)]);
    if (round === 0) continue;
    times.late.push(late);
    times.onTime.push(onTime);
  }
  const onTime = `${shown(median(times.onTime))} ms`;
  return ['A late point that 100 rules evaluate', ...below(times.late, LATE_GOAL_MILLIS), onTime];
}

const sides = { plain: sender(dakkios.plain), watched: sender(dakkios.watched) };
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
const late = await lateRow(dakkios.watched);
for (const { server } of Object.values(dakkios)) await server.stop();
publish({
  script: 'bench:alerts',
  about:
    `Medians of ${rounds} rounds of ${seconds} s, after a warm-up round, both sides in turn, each with its own server ` +
    'and database: a data source with a hundred alert rules (fifty comparisons, twenty that fire throughout, ten with a ' +
    'duration, ten on two fields and ten on missing data), and one whose hundred rules were deleted. Late points: ' +
    `sequential requests, medians of ${4 * rounds} with minimum and maximum, alternating with points on time. The late ` +
    'value matches each rule, and 2700 points lie between it and the latest one.',
  parts: [
    table(['Ingest', '100 rules', 'none', 'ratio', 'goal', 'CPU, ratio'], rows),
    table(['Late points', 'ms', 'goal', 'on time'], [late]),
  ],
  packages: ['@nestjs/core', 'express', 'typeorm', 'better-sqlite3'],
  write,
});
