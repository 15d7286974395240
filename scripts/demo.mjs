// `npm run demo`: a server on a database of its own, a day of a home's sensors, and what one may ask of it. Nothing is left
// behind. With `-- --stay` the server stays up to be explored.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './ready.mjs';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const LEVELS = ' ▁▂▃▄▅▆▇█';
const PLOT_ROWS = 5;

const SENSORS = [
  {
    name: 'Living room',
    schema: { temperature: { type: 'number', unit: '°C' }, humidity: { type: 'number', unit: '%' } },
    sample: (hour, random) => ({
      temperature: round(
        20.5 + 2 * Math.sin(((hour - 9) * Math.PI) / 12) + (hour > 17 && hour < 23 ? 1.2 : 0) + random,
      ),
      humidity: round(48 - 6 * Math.sin(((hour - 9) * Math.PI) / 12) + 2 * random),
    }),
  },
  {
    name: 'Greenhouse',
    schema: {
      temperature: { type: 'number', unit: '°C' },
      soilMoisture: { type: 'number', unit: '%' },
      pump: 'boolean',
      mode: 'string',
    },
    sample: (hour, random) => ({
      temperature: round(12 + 14 * Math.max(0, Math.sin(((hour - 6) * Math.PI) / 13)) + random),
      soilMoisture: round(62 - (hour % 6) * 4 + random),
      pump: hour % 6 < 0.25,
      mode: hour >= 6 && hour < 20 ? 'day' : 'night',
    }),
  },
  {
    name: 'Power meter',
    schema: { watts: { type: 'number', unit: 'W' } },
    sample: (hour, random) => {
      const people = (hour > 6.5 && hour < 8.5) || (hour > 17 && hour < 22.5);
      return {
        watts: Math.round(90 + (people ? 420 : 0) + (hour > 12 && hour < 12.7 ? 1700 : 0) + 60 * Math.abs(random)),
      };
    },
  },
];

const { stay } = parseArgs({ options: { stay: { type: 'boolean', default: false } } }).values;
ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'dakkio-demo-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const receiver = await startReceiver();
const server = await startServer();
try {
  await walk();
  if (stay) await untilInterrupted();
} finally {
  server.stop();
  receiver.stop();
}

async function walk() {
  say(`A server is up at ${server.url}, on a database of its own. Its API can be tried out at ${server.url}/docs.\n`);
  const { bucket } = await ask('POST', '/api/buckets', { name: 'Home', retentionDays: 90 }, server.adminKey);
  const keyOf = async (type, name) =>
    (await ask('POST', `/api/buckets/${bucket._id}/keys`, { name, type }, server.adminKey)).apiKey.key;
  const write = await keyOf('write', 'Sensors');
  const read = await keyOf('read', 'Dashboard');
  say(`It has a bucket, Home, and in it a Write key for the sensors and a Read key for the dashboard:`);
  say(`  ${write}\n  ${read}\n`);

  const midnight = Math.floor(Date.now() / DAY) * DAY - DAY;
  const ids = {};
  for (const { name, schema, sample } of SENSORS) {
    const { dataSource } = await ask('POST', `/api/buckets/${bucket._id}/sources`, { name, schema }, write);
    ids[name] = dataSource._id;
    const points = Array.from({ length: 1440 }, (_, minute) => ({
      dataSourceId: dataSource._id,
      timestamp: midnight + minute * MINUTE,
      values: sample(minute / 60, noise(minute, name.length)),
    }));
    const sent = [];
    for (let start = 0; start < points.length; start += 720)
      sent.push(await ask('POST', '/api/data/batch', { dataPoints: points.slice(start, start + 720) }, write));
    const inserted = sent.reduce((sum, answer) => sum + answer.inserted, 0);
    say(`${name}: ${inserted} points of yesterday, a minute apart: ${Object.keys(schema).join(', ')}`);
  }

  await plotted('The living room, averages of half an hour', read, {
    filters: { dataSourceId: ids['Living room'] },
    aggregation: 'avg',
    groupBy: '30m',
  });
  await plotted('The greenhouse, the lowest of each half an hour', read, {
    filters: { dataSourceId: ids.Greenhouse, fields: ['temperature', 'soilMoisture'] },
    aggregation: 'min',
    groupBy: '30m',
  });
  await plotted(
    'Power, without saying how: 1440 points are more than a screen shows, so averages come by themselves',
    read,
    {
      filters: { dataSourceId: ids['Power meter'] },
    },
  );

  const percentiles = {
    filters: { dataSourceId: ids['Power meter'], fields: ['watts'] },
    aggregation: ['min', 'median', 'p95', 'max'],
  };
  const { data } = await shown('Power of the whole day, put together in several ways', read, percentiles);
  say(`  ${JSON.stringify(data[0].values.watts)}\n`);

  say(`The newest point of each sensor:\n  GET /api/data/latest`);
  for (const row of (await ask('GET', '/api/data/latest', undefined, read)).data)
    say(`  ${row.timestamp}  ${nameOf(ids, row.dataSourceId).padEnd(12)} ${JSON.stringify(row.values)}`);

  const path = `/api/analytics/buckets/${bucket._id}?period=7d`;
  const { analytics } = await ask('GET', path, undefined, read);
  say(`\nWhat the week came to:\n  GET ${path}`);
  for (const { name, dataPointCount, avgValues } of analytics.dataSourceStats) {
    const averages = Object.entries(avgValues).map(([field, value]) => `${field} ${value.toFixed(1)}`);
    say(`  ${name.padEnd(12)} ${dataPointCount} points, on average ${averages.join(', ')}`);
  }
  await alarmed(ids['Living room'], write);
}

/** A rule in plain English, a point that meets it, and what arrives at the receiver. */
async function alarmed(dataSourceId, key) {
  const rule = { name: 'Living room too hot', condition: 'temperature is greater than 30', webhookUrl: receiver.url };
  say(`\nA rule in plain English, told to a receiver on this machine:\n  POST /api/alerts ${JSON.stringify(rule)}`);
  const { alertRule } = await ask('POST', '/api/alerts', { ...rule, dataSourceId }, key);
  say(`  understood as ${JSON.stringify(alertRule.parsedCondition)}`);
  for (const temperature of [31.5, 22]) {
    await ask('POST', '/api/data', { dataSourceId, values: { temperature, humidity: 40 } }, key);
    const { headers, text } = await receiver.next();
    const { event, data } = JSON.parse(text);
    const verified = isSigned(alertRule.webhookSecret, headers, text)
      ? 'the signature is right'
      : 'THE SIGNATURE IS WRONG';
    say(
      `  ${temperature} °C: ${event}, "${data.alertName}", ${data.currentValue} against ${data.threshold}; ${verified}`,
    );
  }
}

function isSigned(secret, headers, text) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

/** What a webhook is posted to, on the loopback. */
function startReceiver() {
  const received = [];
  let wake = () => {};
  const own = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => (text += part));
    request.on('end', () => {
      response.writeHead(204).end();
      received.push({ headers: request.headers, text });
      wake();
    });
  });
  return new Promise((resolve) => {
    own.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${own.address().port}/`,
        port: own.address().port,
        async next() {
          while (received.length === 0) await new Promise((resolveNext) => (wake = resolveNext));
          return received.shift();
        },
        stop() {
          own.closeAllConnections();
          own.close();
        },
      }),
    );
  });
}

/** Between -1 and 1, and the same on every run. */
function noise(minute, seed) {
  const wave = Math.sin(minute * 12.9898 + seed * 78.233) * 43_758.5453;
  return (wave - Math.floor(wave)) * 2 - 1;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

async function plotted(title, key, body) {
  const { data, metadata } = await shown(title, key, body);
  if (metadata.downsamplingApplied) say(`  ${data.length} rows, one for each ${metadata.groupBy}`);
  const fields = new Set(data.flatMap(({ values }) => Object.keys(values)));
  for (const field of fields) {
    const series = data.map(({ values }) => values[field]).filter((value) => typeof value === 'number');
    if (series.length > 0) say(plot(field, series));
  }
}

async function shown(title, key, body) {
  say(`\n${title}:\n  POST /api/data/query ${JSON.stringify(body)}`);
  return ask('POST', '/api/data/query', body, key);
}

/** A small plot: the day from left to right, from the lowest value to the highest. */
function plot(field, series) {
  const low = Math.min(...series);
  const high = Math.max(...series);
  const heights = series.map((value) => Math.max(1, Math.round(((value - low) / (high - low || 1)) * PLOT_ROWS * 8)));
  const rows = Array.from({ length: PLOT_ROWS }, (_, index) => {
    const floor = (PLOT_ROWS - 1 - index) * 8;
    return heights.map((height) => LEVELS[Math.min(8, Math.max(0, height - floor))]).join('');
  });
  const label = (index) => (index === 0 ? high : index === PLOT_ROWS - 1 ? low : undefined);
  const lines = rows.map((row, index) => `  ${(label(index)?.toFixed(1) ?? '').padStart(8)} │${row}`);
  return [`  ${field}`, ...lines].join('\n');
}

function nameOf(ids, id) {
  return Object.keys(ids).find((name) => ids[name] === id) ?? id;
}

async function ask(method, path, body, key) {
  const answer = await globalThis.fetch(server.url + path, {
    method,
    headers: { 'X-API-Key': key, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${read.message}`);
  return read;
}

function startServer() {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DAKKIO_LOG_LEVEL: 'warn',
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
      DAKKIO_WEBHOOK_ALLOW: `127.0.0.1:${receiver.port}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill());
  return new Promise((resolve, reject) => {
    let printed = '';
    child.once('exit', () => reject(new Error('The server did not start')));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const url = /http:\/\/[\w.]+:\d+/.exec(printed)?.[0];
      const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(printed)?.[0];
      if (url && adminKey) resolve({ url, adminKey, stop: () => child.kill() });
    });
  });
}

function untilInterrupted() {
  say(`\nThe server stays up until Ctrl-C. Its Admin key: ${server.adminKey}`);
  return new Promise((resolve) => {
    const forever = setInterval(() => {}, 3_600_000);
    const end = () => {
      clearInterval(forever);
      resolve();
    };
    process.once('SIGINT', end).once('SIGTERM', end);
  });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
