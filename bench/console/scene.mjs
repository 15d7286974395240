// A server with a bucket of a hundred data sources, one of which has a year of points at one a minute.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../scripts/ready.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { call, newAdminKey, startDakkio } from '../support/servers.mjs';

export const SOURCES = 100;
const SCHEMA = { temperature: { type: 'number', unit: '°C' }, humidity: { type: 'number', unit: '%' } };
const MINUTE = 60_000;
const YEAR_MINUTES = 365 * 24 * 60;
const BATCH = 1000;
const MOVED_CLOCK = join(ROOT, 'test', 'support', 'moved-clock.mjs');

/** A server without any data, as after its first start. */
export async function startEmpty() {
  const adminKey = newAdminKey();
  const server = await startDakkio(join(temporaryFolder(), 'empty.db'), adminKey);
  return { server, adminKey };
}

/** Starts the server. `moveClock` sets how many milliseconds its clock is ahead of this one. */
export async function startScene() {
  const folder = temporaryFolder();
  const offsetFile = join(folder, 'clock');
  const moveClock = (millis) => writeFileSync(offsetFile, String(millis));
  moveClock(0);
  const adminKey = newAdminKey();
  const server = await startDakkio(join(folder, 'console.db'), adminKey, {
    NODE_OPTIONS: `--import=${fileURLToPath(new URL(`file://${MOVED_CLOCK}`))}`,
    CLOCK_OFFSET_FILE: offsetFile,
  });
  const ask = async (method, path, body) =>
    (await call(server, method, path, { headers: { 'X-API-Key': adminKey }, body })).body;
  const { bucket } = await ask('POST', '/api/buckets', { name: 'Greenhouse' });
  const bucketId = bucket._id;
  const sourceIds = [];
  for (let index = 1; index <= SOURCES; index++) {
    const wanted = { name: `Sensor ${index}`, type: 'climate', schema: SCHEMA };
    sourceIds.push((await ask('POST', `/api/buckets/${bucketId}/sources`, wanted)).dataSource._id);
  }
  const store = (dataPoints) => ask('POST', '/api/data/batch', { bucketId, dataPoints });
  const now = Date.now();
  await storeYear(store, sourceIds[0], now);
  /** A point of each data source, so many milliseconds after the start. */
  const storeAll = (millis) => store(sourceIds.map((id, index) => pointOf(id, now + millis, index + millis / MINUTE)));
  for (let minutes = 24 * 60; minutes >= 30; minutes -= 30) await storeAll(-minutes * MINUTE);
  return { server, adminKey, bucketId, yearId: sourceIds[0], storeAll, moveClock, startedAt: now };
}

async function storeYear(store, sourceId, now) {
  for (let start = YEAR_MINUTES; start > 0; start -= BATCH) {
    const count = Math.min(BATCH, start);
    await store(Array.from({ length: count }, (_, index) => pointOf(sourceId, now - (start - index) * MINUTE, index)));
  }
}

function pointOf(dataSourceId, timestamp, phase) {
  const temperature = Math.round((20 + 5 * Math.sin(phase / 60)) * 100) / 100;
  const humidity = Math.round((50 + 9 * Math.cos(phase / 90)) * 100) / 100;
  return { dataSourceId, timestamp, values: { temperature, humidity } };
}
