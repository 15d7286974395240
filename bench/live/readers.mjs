// A thousand streams of the same points: how long a point takes to reach them, and what they cost the server.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from '../support/ask.mjs';
import { startWithSource } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { cpuSeconds, residentMegabytes } from '../support/processes.mjs';
import { atMost, shown, table } from '../support/report.mjs';

const READERS = 1000;
const POINTS_PER_SECOND = 100;
const P99_GOAL_MILLIS = 500;
const READER_GOAL_KB = 64;
const STREAM = '/api/data/stream';
const SETTLE_MILLIS = 5000;

/** Starts the process of the readers. */
export function startReaders() {
  const child = fork(fileURLToPath(new URL('../support/reader-process.mjs', import.meta.url)));
  return {
    open: (open) => ask(child, { open }),
    measure: (seconds) => ask(child, { seconds }),
    close: () => ask(child, { close: true }),
    stop: () => child.disconnect(),
  };
}

/** The delays of `READERS` readers, and the memory and the CPU of the server with and without them. */
export async function manyReaders({ seconds, tell }) {
  const dakkio = await startWithSource(join(temporaryFolder(), 'readers.db'));
  const { server } = dakkio;
  const sourceId = await dakkio.makeSource('Clock', { sent: 'number', index: 'number' });
  const readers = startReaders();
  const sending = startSending(dakkio, sourceId);
  await pause(SETTLE_MILLIS);
  const without = await costOf(server, () => pause(seconds * 1000), seconds);
  tell(`without readers: CPU ${shown(without.cpu)}, ${shown(without.megabytes)} MB`);
  const keys = [dakkio.readKey, dakkio.writeKey, dakkio.otherKey];
  await readers.open({ port: server.port, path: STREAM, keys, count: READERS });
  await pause(SETTLE_MILLIS);
  const withThem = await costOf(server, () => readers.measure(seconds), seconds);
  const { delays, least, most, gaps } = withThem.result;
  tell(
    `with readers: CPU ${shown(withThem.cpu)}, ${shown(withThem.megabytes)} MB; ${least}-${most} points, ${gaps} gaps`,
  );
  const failed = sending.stop();
  await readers.close();
  readers.stop();
  await server.stop();
  if (gaps > 0 || failed > 0) throw new Error(`${gaps} gaps, ${failed} points were refused`);
  const perReaderKb = ((withThem.megabytes - without.megabytes) * 1e6) / 1024 / READERS;
  const heads = [`${READERS} readers, ${POINTS_PER_SECOND} points a second`, 'value', 'goal'];
  return table(heads, [
    ['Delay, median, ms', ...atMost([percentile(delays, 0.5)])],
    ['Delay, 99th percentile, ms', ...atMost([percentile(delays, 0.99)], P99_GOAL_MILLIS)],
    ['Longest delay, ms', ...atMost([percentile(delays, 1)])],
    ['Memory of the server for each reader, KB', ...atMost([perReaderKb], READER_GOAL_KB)],
    ['CPU of the server, share of a core', ...atMost([withThem.cpu])],
    ['The same without readers', ...atMost([without.cpu])],
  ]);
}

async function costOf(server, work, seconds) {
  const before = cpuSeconds(server.pid);
  const result = await work();
  return { result, cpu: (cpuSeconds(server.pid) - before) / seconds, megabytes: residentMegabytes(server.pid) };
}

/** Stores one point after the other at a steady rate. Each says when it was sent. */
function startSending({ server, bucketId, writeKey }, dataSourceId) {
  let index = 0;
  let failed = 0;
  const start = performance.now();
  const send = async () => {
    const body = { bucketId, dataSourceId, values: { sent: performance.timeOrigin + performance.now(), index } };
    const response = await globalThis.fetch(`${server.url}/api/data`, {
      method: 'POST',
      headers: { 'X-API-Key': writeKey, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...body, timestamp: Date.now() - 3_600_000 + index }),
    });
    if (response.status !== 201) failed += 1;
    await response.arrayBuffer();
  };
  const timer = setInterval(() => {
    for (; index < ((performance.now() - start) / 1000) * POINTS_PER_SECOND; index++) void send();
  }, 1000 / POINTS_PER_SECOND);
  return {
    stop: () => {
      clearInterval(timer);
      return failed;
    },
  };
}

/** @param sorted ascending */
function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length))] ?? NaN;
}
