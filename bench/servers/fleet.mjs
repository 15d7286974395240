// An unmodified dakkio server in a process that also runs commands: create keys, count a use of each, flush the counts.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { answerWith } from '../support/ask.mjs';
import { nowMillis } from '../support/clock.mjs';
import { built, DataSource, newBucket, SERVER } from '../support/in-process.mjs';

const { createApp } = built('app.js');
const { KeyService } = built('api-keys', 'key.service.js');
const { readConfig } = built('common', 'config', 'config.js');
const { AdminKeys } = built('setup', 'admin-keys.js');
const { isPostgres } = built('database', 'sql.js');
const { Usage } = built('api-keys', 'usage', 'usage.service.js');

const CALLER = { address: '192.168.1.20', userAgent: 'ESP32HTTPClient/1.4' };
const KEYS_A_COMMIT = 500;
const DAY_MILLIS = 86_400_000;
/** What counting so many keys at once holds up is over by then. */
const SETTLE_MILLIS = 200;

const config = readConfig(process.env);
const app = await createApp(config);
await app.init();
await app.get(AdminKeys).ensureFirst(config.presetAdminKey);
await app.listen(config.port, config.host);
const usage = app.get(Usage);
const keyIds = [];

process.on('SIGTERM', () => void app.close().then(() => process.exit()));
answerWith(({ ask, ...question }) => ({ fill, idle, flush })[ask](question));
console.log(await app.getUrl());

/** Makes so many keys, and gives the texts of the first of them. */
async function fill({ keys, texts }) {
  const scope = await newBucket(app);
  const wanted = Array.from({ length: KEYS_A_COMMIT }, () => ({ name: 'Living Room Sensor', type: 'write' }));
  const given = [];
  while (keyIds.length < keys) {
    const created = await app.get(KeyService).createMany(SERVER, scope, wanted.slice(0, keys - keyIds.length));
    keyIds.push(...created.map(({ apiKey }) => apiKey.id));
    given.push(...created.slice(0, texts - given.length).map(({ key }) => key));
  }
  const { manager } = app.get(DataSource);
  // It does so by itself within minutes; until then it takes the table for empty.
  if (isPostgres(manager)) await manager.query('ANALYZE');
  return { texts: given };
}

function idle({ millis }) {
  return watch(() => pause(millis));
}

/** Has every key used once, in no order, at a moment of this day, and writes it down. */
async function flush({ day, afterMillis }) {
  shuffle(keyIds);
  for (const id of keyIds) usage.countRequest(id, CALLER, day * DAY_MILLIS + afterMillis);
  await pause(SETTLE_MILLIS);
  const watched = await watch(() => usage.flush());
  await assertStored(day);
  return watched;
}

/** When some work began and ended, and the longest turn of the event loop meanwhile, in milliseconds. */
async function watch(work) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await pause(2);
  delays.reset();
  const from = nowMillis();
  await work();
  const to = nowMillis();
  await pause(2);
  delays.disable();
  return { from, to, longestTurn: delays.max / 1e6 };
}

async function assertStored(day) {
  const [{ rows }] = await app.get(DataSource).query(
    `SELECT count(*) AS rows FROM api_keys JOIN key_usage ON key_id = id AND day = ${day} AND requests > 0
        WHERE bucket_id IS NOT NULL AND last_used_at >= ${day * DAY_MILLIS}`,
  );
  if (Number(rows) !== keyIds.length) throw new Error(`Only ${rows} of ${keyIds.length} keys were written down`);
}

function shuffle(values) {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [values[last], values[other]] = [values[other], values[last]];
  }
}
