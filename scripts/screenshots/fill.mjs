// What the home of the pictures holds: buckets, data sources with nine days of points, keys that are used, and alert rules.
import { setTimeout as pause } from 'node:timers/promises';
import { RULES, SENSORS } from './sensors.mjs';

const MINUTE = 60_000;
const STEP_MINUTES = 5;
const DAYS = 9;
const BATCH = 1000;
/** The last of them arrive as they would from a device, so that alert rules see them. */
const LIVE_MINUTES = 60;

const KEYS = [
  { name: 'Living room sensor', type: 'write', calls: 42 },
  { name: 'Greenhouse controller', type: 'write', calls: 31, rateLimit: { limit: 600, windowSeconds: 60 } },
  { name: 'Power meter', type: 'write', calls: 12, quota: { limit: 100_000, per: 'month' } },
  { name: 'Kitchen display', type: 'read', calls: 25, allowedIps: ['192.168.1.0/24', '127.0.0.0/8'] },
  { name: 'Guest tablet', type: 'read', calls: 3, expiresAt: '2026-11-30T12:00:00Z' },
  { name: 'Old gateway', type: 'write', calls: 0 },
];

/** Fills an empty server. Gives the ids that the addresses of screens have. */
export async function fill({ url, adminKey, now }) {
  const call = callerOf(url);
  const ask = (method, path, body) => call(method, path, adminKey, body);
  const home = (await ask('POST', '/api/buckets', { name: 'Home', retentionDays: 365 })).bucket._id;
  for (const name of ['Workshop', 'Weather station']) await ask('POST', '/api/buckets', { name });
  const ids = { home };
  const sources = {};
  for (const { id, name, type, schema } of SENSORS)
    sources[id] = (await ask('POST', `/api/buckets/${home}/sources`, { name, type, schema })).dataSource._id;
  const points = (sensor, from, to) => pointsOf(sensor, sources[sensor.id], { now, from, to });
  for (const sensor of SENSORS) await storeHistory(ask, home, points(sensor, DAYS * 1440, LIVE_MINUTES + STEP_MINUTES));
  for (const { source, ...rule } of RULES) {
    const made = await ask('POST', '/api/alerts', { ...rule, bucketId: home, dataSourceId: sources[source] });
    ids.alert ??= made.alertRule._id;
  }
  for (const sensor of SENSORS)
    for (const point of points(sensor, LIVE_MINUTES, 0)) await ask('POST', '/api/data', { bucketId: home, ...point });
  const keys = await makeKeys(call, ask, home);
  return { ...ids, ...sources, sensorKey: keys[0] };
}

function pointsOf({ silentMinutes = 0, sample }, dataSourceId, { now, from, to }) {
  const points = [];
  for (let minutes = from; minutes >= Math.max(to, silentMinutes); minutes -= STEP_MINUTES) {
    const timestamp = now - minutes * MINUTE;
    points.push({
      dataSourceId,
      timestamp,
      values: sample((timestamp / 3_600_000 + 1) % 24, noise(timestamp), minutes),
    });
  }
  return points;
}

async function storeHistory(ask, bucketId, points) {
  for (let start = 0; start < points.length; start += BATCH)
    await ask('POST', '/api/data/batch?quiet=true', { bucketId, dataPoints: points.slice(start, start + BATCH) });
}

async function makeKeys(call, ask, bucketId) {
  const ids = [];
  for (const { calls, ...wanted } of KEYS) {
    const { apiKey } = await ask('POST', `/api/buckets/${bucketId}/keys`, wanted);
    ids.push(apiKey._id);
    for (let count = 0; count < calls; count++) await call('GET', '/api/keys/self', apiKey.key);
  }
  // It is written every 30 seconds.
  while (!(await ask('GET', `/api/buckets/${bucketId}/keys/${ids[0]}`)).apiKey.lastUsedAt) await pause(500);
  return ids;
}

function callerOf(url) {
  return async (method, path, key, body) => {
    const response = await globalThis.fetch(url + path, {
      method,
      headers: { 'X-API-Key': key, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const reply = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${reply.message}`);
    return reply;
  };
}

/** Between -1 and 1, and the same for a time on every run. */
function noise(timestamp) {
  const wave = Math.sin((timestamp / MINUTE) * 12.9898) * 43_758.5453;
  return (wave - Math.floor(wave)) * 2 - 1;
}
