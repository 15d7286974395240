// Grafana's usual panel, the mean of each hour of a week: InfluxQL beside the query API and InfluxDB.
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { asLines, DEVICES, FIRST_MILLIS } from '../support/climate.mjs';
import { startWithBucket } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { requestText, startLoad } from '../support/load.mjs';
import { isInstalled, startInflux } from '../support/peers.mjs';
import { atMost, shown, table } from '../support/report.mjs';
import { median, measureInTurn } from '../support/statistics.mjs';

const LINES = 5000;
/** Each device every ten seconds. */
const STEP_MILLIS = 10_000;
const WEEK_MILLIS = 7 * 86_400_000;
const POINTS = (WEEK_MILLIS / STEP_MILLIS) * DEVICES;
const END_MILLIS = FIRST_MILLIS + WEEK_MILLIS;
const GOALS = { own: 1.5, influx: 0.2 };

/** What Grafana's query builder sends, with a line for each device, and with one for all. */
const GROUPINGS = { 'a line for each device': ', "device"::tag', 'one line for all devices': '' };

/** One table. InfluxDB's column is empty where it is not installed. */
export async function influxQL({ seconds, rounds, tell }) {
  const load = startLoad();
  const dakkio = await startWithBucket(join(temporaryFolder(), 'influxql.db'));
  const [writer, reader] = await dakkio.make([
    { name: 'Telegraf', type: 'write' },
    { name: 'Grafana', type: 'read' },
  ]);
  const influx = isInstalled('influxd') ? await startInflux() : undefined;
  const token = { Authorization: `Token ${writer}` };
  await fill(load, dakkio.server, requestText('POST', '/write?precision=ms', { headers: token, body: asLines(LINES) }));
  if (influx)
    await fill(load, influx, requestText('POST', influx.writePath, { headers: influx.headers, body: asLines(LINES) }));
  tell(`${POINTS} points are in`);
  const ask = (server, text) => () => load.run({ server, requests: [text], status: 200, seconds, connections: 1 });
  const sides = { own: ask(dakkio.server, ownQuery(reader)) };
  for (const [name, tag] of Object.entries(GROUPINGS)) {
    sides[`dakkio, ${name}`] = ask(dakkio.server, grafanaText(dakkioHeaders(reader), dakkioPath, tag));
    if (influx) sides[`InfluxDB, ${name}`] = ask(influx, grafanaText(influx.headers, influx.queryPath, tag));
  }
  const measured = await measureInTurn(sides, rounds, tell);
  load.stop();
  await Promise.all([dakkio.server.stop(), influx?.stop()]);
  return tableOf(measured);
}

async function fill(load, server, text) {
  const series = { text, firstMillis: FIRST_MILLIS, stepMillis: STEP_MILLIS, perTime: DEVICES };
  await load.run({ server, series, status: 204, seconds: 300, count: Math.ceil(POINTS / LINES), connections: 1 });
}

function dakkioHeaders(key) {
  return { Authorization: `Basic ${Buffer.from(`any:${key}`).toString('base64')}` };
}

function dakkioPath(statement) {
  return `/query?db=Greenhouse&epoch=ms&q=${encodeURIComponent(statement)}`;
}

function grafanaText(headers, pathOf, tag) {
  const range = `time >= ${FIRST_MILLIS}ms and time <= ${END_MILLIS - 1}ms`;
  const statement = `SELECT mean("temperature") FROM "climate" WHERE ${range} GROUP BY time(1h)${tag} fill(null)`;
  return requestText('GET', pathOf(statement), { headers });
}

/** The same means over the query API: an hour of each data source is a row. */
function ownQuery(key) {
  const filters = { startTime: FIRST_MILLIS, endTime: END_MILLIS, fields: ['temperature'], limit: 10_000 };
  const body = { filters, aggregation: 'avg', groupBy: 'hour', fill: 'null' };
  return requestText('POST', '/api/data/query', { headers: { 'X-API-Key': key }, body });
}

const millisOf = ({ perSecond }) => 1000 / perSecond;
const cpuOf = ({ cpuSeconds, answered }) => (cpuSeconds / answered) * 1000;

function tableOf(measured) {
  const cell = (side) => `${shown(median(side.map(millisOf)))} ms / ${shown(median(side.map(cpuOf)))} ms`;
  const ratios = (ours, theirs) => ours.map((round, index) => millisOf(round) / millisOf(theirs[index]));
  const rows = Object.keys(GROUPINGS).map((name, index) => {
    const [ours, influx] = [measured[`dakkio, ${name}`], measured[`InfluxDB, ${name}`]];
    // One line for all devices has no counterpart: the query API answers for each data source.
    const own = index === 0 ? [cell(measured.own), ...atMost(ratios(ours, measured.own), GOALS.own)] : ['–', '–', ''];
    const peer = influx ? [cell(influx), ...atMost(ratios(ours, influx), GOALS.influx)] : ['–', '–', ''];
    return [name, cell(ours), ...own, ...peer];
  });
  return table(
    [
      `Hourly mean of a week of ${DEVICES} devices (${POINTS.toLocaleString('en-US')} points), time / CPU a query`,
      ...['InfluxQL', 'query API', 'ratio of time', 'goal', 'InfluxDB 1.6', 'ratio of time', 'goal'],
    ],
    rows,
  );
}
