// An export of millions of points as CSV: rows a second, and the memory of the server meanwhile.
import { request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { asJson, DEVICES, FIRST_MILLIS } from '../support/climate.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { repeatSource, temporaryFolder } from '../support/databases.mjs';
import { startLoad } from '../support/load.mjs';
import { cpuSeconds, residentMegabytes } from '../support/processes.mjs';
import { shown, table } from '../support/report.mjs';

const BATCH = 1000;
const STEP_MILLIS = 10_000;
/** The points that are sent. They span whole rollup windows, so that they can be repeated. */
const SENT = 108_000;
const SPAN_MILLIS = (SENT / DEVICES) * STEP_MILLIS;
const NEWLINE = 10;
/** Of the rows, before memory is compared: caches and the heap have their size by then. */
const WARM_SHARE = 0.1;
const GOAL = 400_000;

/** One table. `points` is rounded up to a multiple of `SENT`. */
export async function exported({ points, tell }) {
  const path = join(temporaryFolder(), 'export.db');
  const dakkio = await startWithSource(path);
  await fill(dakkio);
  await dakkio.server.stop();
  const times = Math.ceil(points / SENT);
  repeatSource(path, times, SPAN_MILLIS);
  tell(`${SENT * times} points are in`);
  const server = await dakkio.startAgain(path);
  // Once with a few rows, so that what is compiled then is not counted.
  await read(server, `${exportPath(dakkio)}&limit=10000`, dakkio.readKey, 10_000);
  const measured = await read(server, exportPath(dakkio), dakkio.readKey, SENT * times);
  await server.stop();
  return tableOf(measured);
}

async function fill(dakkio) {
  const load = startLoad();
  const text = dakkio.ingestion(asJson(dakkio.sourceId, BATCH), BATCH);
  const series = { text, firstMillis: FIRST_MILLIS, stepMillis: STEP_MILLIS, perTime: DEVICES };
  await load.run({ server: dakkio.server, series, status: 201, seconds: 120, count: SENT / BATCH, connections: 1 });
  load.stop();
}

function exportPath({ sourceId }) {
  return `/api/data/export?dataSourceId=${sourceId}&format=csv`;
}

/** Reads an export to its end. @throws Error if it does not have so many rows */
async function read(server, path, key, rows) {
  const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(server.pid)];
  const response = await new Promise((resolve, reject) =>
    request({ host: '127.0.0.1', port: server.port, path, headers: { 'X-API-Key': key } }, resolve)
      .on('error', reject)
      .end(),
  );
  let [lines, bytes] = [0, 0];
  const memory = { warm: NaN, most: 0 };
  for await (const chunk of response) {
    bytes += chunk.length;
    lines += linesOf(chunk);
    if (lines < rows * WARM_SHARE) continue;
    const resident = residentMegabytes(server.pid);
    if (Number.isNaN(memory.warm)) memory.warm = resident;
    memory.most = Math.max(memory.most, resident);
  }
  if (response.statusCode !== 200 || !response.complete || lines !== rows + 1)
    throw new Error(`The export answered ${response.statusCode} with ${lines} lines instead of ${rows + 1}`);
  return {
    ...{ rows, bytes, memory, seconds: (performance.now() - startedAt) / 1000 },
    cpu: cpuSeconds(server.pid) - cpuBefore,
  };
}

function linesOf(chunk) {
  let count = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function tableOf({ rows, bytes, seconds, cpu, memory }) {
  const rate = rows / seconds;
  return table(
    [`Export of ${rows.toLocaleString('en-US')} points as CSV`, '', 'goal'],
    [
      ['rows a second', shown(rate), `${GOAL.toLocaleString('en-US')} (${rate >= GOAL ? 'met' : '**missed**'})`],
      ['MB a second', shown(bytes / 1e6 / seconds), ''],
      ['CPU seconds for a million rows', shown((cpu / rows) * 1e6), ''],
      [`memory of the server after ${WARM_SHARE * 100} % of the rows`, `${shown(memory.warm)} MB`, ''],
      ['most memory after that', `${shown(memory.most)} MB`, 'constant'],
    ],
  );
}
