// A server with data that is worth an attack: wide sources, many sources, many points. Made once, and copied for each attack.
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../ways/broker.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';

export const WIDE_SOURCES = 600;
/** Of a bucket of their own. */
const MANY_SOURCES = 20_000;
export const FIELDS = 100;
export const MINUTES = 99_000;
export const FIRST_MILLIS = Date.UTC(2024, 0, 1);
const BUSY_POINTS = 100_000;
const POINTS_OF_A_WIDE_SOURCE = 40;
const BATCH = 1000;
/** As many as a bucket may have. */
const RULES = 1000;
/** Nothing listens there: a delivery fails at once. */
const CLOSED_PORT = 9;
const MINUTE_MILLIS = 60_000;
const TEXT = 'x'.repeat(1000);

/** Stores what the attacks read. Gives how to start a server on a copy of it, with what an attacker knows. */
export async function makeTarget() {
  const path = join(temporaryFolder(), 'dakkio.db');
  const mqttPort = await freePort();
  const dakkio = await startWithSource(path, {
    DAKKIO_WEBHOOK_ALLOW: `127.0.0.1:${CLOSED_PORT}`,
    DAKKIO_MQTT_PORT: String(mqttPort),
  });
  const many = await dakkio.makeBucket('Many');
  await dakkio.writeLines(
    many,
    Array.from({ length: MANY_SOURCES }, (_, index) => `m,id=${index},group=${index % 100} v=1`),
  );
  const names = Array.from({ length: FIELDS }, (_, index) => `field${index}`);
  const schema = Object.fromEntries(names.map((name) => [name, 'number']));
  const wide = [];
  for (let index = 0; index < WIDE_SOURCES; index++) wide.push(await dakkio.makeSource(`Wide ${index}`, schema));
  const texts = await dakkio.makeSource('Texts', { text: 'string' });

  const all = Object.fromEntries(names.map((name, index) => [name, index]));
  // The first has values in all of its fields, from the first minute to the last.
  const spread = Array.from({ length: 200 }, (_, index) => pointAt(wide[0], Math.floor((index * MINUTES) / 200), all));
  await dakkio.store(spread);
  const few = { field0: 1, field1: 2, field2: 3 };
  const ofWide = wide.flatMap((id) =>
    Array.from({ length: POINTS_OF_A_WIDE_SOURCE }, (_, index) => pointAt(id, index, few)),
  );
  await storeAll(dakkio, ofWide);
  await storeAll(
    dakkio,
    Array.from({ length: BUSY_POINTS }, (_, index) =>
      pointAt(dakkio.sourceId, index / 10, { temperature: index % 37, humidity: index % 91, pressure: 1000 }),
    ),
  );
  await storeAll(
    dakkio,
    Array.from({ length: 10_000 }, (_, index) => pointAt(texts, index, { text: TEXT })),
  );
  const watched = await dakkio.makeSource('Watched', { level: 'number' });
  for (let index = 0; index < RULES; index++)
    await dakkio.makeAlert({
      dataSourceId: watched,
      name: `Rule ${index}`,
      condition: `level is greater than ${index / RULES}`,
      webhookUrl: `http://127.0.0.1:${CLOSED_PORT}/${index}`,
      cooldownMinutes: 1,
    });
  await dakkio.server.stop();

  /** Starts a server on a copy of the data. */
  const start = async () => {
    const copy = join(temporaryFolder(), 'dakkio.db');
    for (const ending of ['', '.secret', '.anchor'])
      if (existsSync(path + ending)) copyFileSync(path + ending, copy + ending);
    return { ...dakkio, wide, texts, watched, many, mqttPort, server: await dakkio.startAgain(copy) };
  };
  return { start };
}

function pointAt(dataSourceId, minute, values) {
  return { dataSourceId, timestamp: FIRST_MILLIS + Math.round(minute * MINUTE_MILLIS), values };
}

async function storeAll(dakkio, points) {
  for (let start = 0; start < points.length; start += BATCH) await dakkio.store(points.slice(start, start + BATCH));
}
