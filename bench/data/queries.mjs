// Answers out: what a week of points comes to, and whom that holds up.
import { join } from 'node:path';
import { say } from '../../scripts/ready.mjs';
import { startCaller } from '../support/caller.mjs';
import { asJson, asLines, DEVICES, FIRST_MILLIS } from '../support/climate.mjs';
import { checkText, startWithSource } from '../support/dakkio.mjs';
import { cloneSource, temporaryFolder, databaseBytes } from '../support/databases.mjs';
import { requestText } from '../support/load.mjs';
import { isInstalled, startInflux, startVictoria } from '../support/peers.mjs';
import { atMost, shown, table } from '../support/report.mjs';
import { median, measureInTurn } from '../support/statistics.mjs';

const POINTS = 604_800;
const BATCH = 1000;
/** Ten devices, each every ten seconds. */
const STEP_MILLIS = 10_000;
const TIMES = POINTS / DEVICES;
const END_MILLIS = FIRST_MILLIS + TIMES * STEP_MILLIS;
const COPIES = 99;
const GOALS = { victoria: 0.7, influx: 0.03, copies: 1.2, stop: 50, bytes: 50 };
const RANGE = {
  startTime: new Date(FIRST_MILLIS).toISOString(),
  endTime: new Date(END_MILLIS).toISOString(),
};

/** Two queries compared with the peers, the same among a hundred times as many points, bytes on disk, and the longest key checks. */
export async function queries({ load, seconds, rounds }) {
  const path = join(temporaryFolder(), 'dakkio.db');
  const dakkio = await startWithSource(path);
  const influx = isInstalled('influxd') ? await startInflux() : undefined;
  const victoria = isInstalled('victoria-metrics') ? await startVictoria() : undefined;
  await fill(load, dakkio.server, (points) => dakkio.ingestion(asJson(dakkio.sourceId, points), points), 201);
  for (const peer of [influx, victoria])
    if (peer)
      await fill(
        load,
        peer,
        (points) => requestText('POST', peer.writePath, { headers: peer.headers, body: asLines(points) }),
        204,
      );
  say(`${POINTS} points are in`);
  // One connection: what is asked for is the time and the CPU of one query.
  const asked = (server, text) => () => load.run({ server, requests: [text], status: 200, seconds, connections: 1 });
  const one = dakkio.query({ filters: { ...RANGE, fields: ['temperature'] }, aggregation: 'avg', groupBy: 'hour' });
  const five = dakkio.query({ filters: RANGE, aggregation: ['avg', 'min', 'max', 'sum', 'count'], groupBy: 'hour' });
  const sides = {
    one: asked(dakkio.server, one),
    ...(victoria && { victoria: asked(victoria, victoriaText(victoria)) }),
    five: asked(dakkio.server, five),
    ...(influx && { influx: asked(influx, influxText(influx)) }),
  };
  const measured = await measureInTurn(sides, rounds, say);
  await Promise.all([influx?.stop(), victoria?.stop()]);
  const stops = await longestWaits(dakkio);
  await dakkio.server.stop();
  const bytes = databaseBytes(path) / POINTS;
  const crowded = await amongMany({ load, seconds, rounds, path, dakkio, one });
  return [comparisonOf(measured), crowdedTable(crowded), stopsTable(stops), bytesTable(bytes)];
}

async function fill(load, server, textOf, status) {
  const series = { text: textOf(BATCH), firstMillis: FIRST_MILLIS, stepMillis: STEP_MILLIS, perTime: DEVICES };
  await load.run({ server, series, status, seconds: 120, count: Math.ceil(POINTS / BATCH), connections: 1 });
}

function victoriaText({ headers }) {
  const query = encodeURIComponent('avg(avg_over_time(climate_temperature[1h]))');
  const range = `start=${FIRST_MILLIS / 1000 + 3600}&end=${END_MILLIS / 1000}&step=3600`;
  return requestText('GET', `/api/v1/query_range?query=${query}&${range}&nocache=1`, { headers });
}

function influxText({ headers, queryPath }) {
  const all = ['mean', 'min', 'max', 'sum', 'count'].flatMap((aggregation) =>
    ['temperature', 'humidity', 'pressure'].map((field) => `${aggregation}(${field})`),
  );
  const where = `time >= ${FIRST_MILLIS}ms AND time < ${END_MILLIS}ms`;
  return requestText('GET', queryPath(`SELECT ${all.join(', ')} FROM climate WHERE ${where} GROUP BY time(1h)`), {
    headers,
  });
}

/** The server again on the same file, before and after other sources have a hundred times as many points. */
async function amongMany({ load, seconds, rounds, path, dakkio, one }) {
  const crowdedPath = join(temporaryFolder(), 'dakkio.db');
  cloneSource(path, crowdedPath, COPIES);
  say(`${COPIES} copies of them are in another database`);
  const [alone, crowded] = [await dakkio.startAgain(path), await dakkio.startAgain(crowdedPath)];
  const asked = (server) => () => load.run({ server, requests: [one], status: 200, seconds, connections: 1 });
  const measured = await measureInTurn({ crowded: asked(crowded), alone: asked(alone) }, rounds, say);
  await Promise.all([alone.stop(), crowded.stop()]);
  return measured;
}

const HEAVY = {
  'medians of each minute, read point by point': {
    aggregation: ['median', 'p95', 'p99'],
    groupBy: 'minute',
    limit: 10_000,
  },
  'medians of the whole week': { aggregation: ['median', 'p99'] },
  'averages of each minute': { aggregation: 'avg', groupBy: 'minute', limit: 10_000 },
  'averages of one device': { aggregation: 'avg', groupBy: 'hour', metadata: { device: 'esp32-7' } },
  '10,000 points': { downsampling: false, limit: 10_000 },
  'every aggregation of each hour': {
    aggregation: ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'p95', 'p99', 'stddev'],
    groupBy: 'hour',
  },
};

/** How long somebody who checks keys waits at most while queries run, one after the other. */
async function longestWaits(dakkio) {
  const caller = startCaller();
  const found = [];
  for (const [what, { limit = 1000, metadata, ...more }] of Object.entries(HEAVY)) {
    const text = dakkio.query({ filters: { ...RANGE, limit, ...(metadata && { metadata }) }, ...more });
    const asking = startCaller();
    // Once without anybody watching, so that what is compiled then is not counted.
    await asking.repeat({ server: dakkio.server, requests: [text], status: 200, count: 1 });
    await caller.begin({ server: dakkio.server, requests: [checkText(dakkio.readKey)], status: 200 });
    await asking.begin({ server: dakkio.server, requests: [text], status: 200, count: 5 });
    const queryWaits = await asking.finish();
    const waits = (await caller.finish()).map(([from, to]) => to - from);
    asking.stop();
    const millis = median(queryWaits.map(([from, to]) => to - from));
    found.push({ what, millis, longest: Math.max(...waits) });
    say(`${what}: ${shown(millis)} ms, longest wait ${shown(Math.max(...waits))} ms`);
  }
  caller.stop();
  return found;
}

function comparisonOf({ one, five, victoria = [], influx = [] }) {
  const cpu = (round) => (round.cpuSeconds / round.answered) * 1000;
  const millis = (round) => 1000 / round.perSecond;
  const row = (what, ours, theirs, goal) => [
    what,
    ...[ours, theirs].map((side) => `${shown(median(side.map(cpu)))} ms / ${shown(median(side.map(millis)))} ms`),
    ...(theirs.length > 0
      ? atMost(
          theirs.map((round, index) => cpu(ours[index]) / cpu(round)),
          goal,
        )
      : ['–', goal]),
  ];
  return table(
    [
      `A week of ten devices, each every 10 s (${POINTS.toLocaleString('en-US')}), CPU / time a query`,
      'dakkio',
      'peer',
      'ratio of CPU',
      'goal',
    ],
    [
      row('hourly average of one field, compared with VictoriaMetrics', one, victoria, GOALS.victoria),
      row('5 hourly aggregates of 3 fields, compared with InfluxDB', five, influx, GOALS.influx),
    ],
  );
}

function crowdedTable({ alone, crowded }) {
  const ratios = alone.map((round, index) => round.perSecond / crowded[index].perSecond);
  const millis = (side) => `${shown(median(side.map(({ perSecond }) => 1000 / perSecond)))} ms`;
  return table(
    ['The same hourly average', 'among 100 times as many points', 'alone', 'ratio', 'goal'],
    [['time a query', millis(crowded), millis(alone), ...atMost(ratios, GOALS.copies)]],
  );
}

function stopsTable(stops) {
  return table(
    ['Key checks during a query', 'the query takes', 'longest key check, ms', 'goal'],
    stops.map(({ what, millis, longest }) => [what, `${shown(millis)} ms`, ...atMost([longest], GOALS.stop)]),
  );
}

function bytesTable(bytes) {
  return table(
    ['On disk', 'bytes a point', 'goal'],
    [['sent in order of time; includes rollups, metadata and an empty server', ...atMost([bytes], GOALS.bytes)]],
  );
}
