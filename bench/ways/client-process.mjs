// The process of the TypeScript client, or of fetch in its place. It sends batches of 1000 points, one after the other.
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { DakkioClient } from '../../clients/typescript/dist/index.mjs';
import { answerWith } from '../support/ask.mjs';
import { FIRST_MILLIS, STEP_MILLIS, valuesAt } from '../support/climate.mjs';

const BATCH_POINTS = 1000;
/** Nothing listens on this port. */
const NOWHERE = 'http://127.0.0.1:1';

const senders = { client: sendByClient, fetch: sendByFetch };
let written = 0;

answerWith(({ by, queue, ...job }) => (queue ? queueOffline(queue) : measure(senders[by], job)));

function nextPoint(dataSourceId) {
  const index = written++;
  return { dataSourceId, timestamp: FIRST_MILLIS + index * STEP_MILLIS, values: valuesAt(index) };
}

async function measure(send, { url, key, sourceId, seconds, first }) {
  written = first;
  const startedAt = performance.now();
  const answered = await send({ url, key, sourceId, until: startedAt + 1000 * seconds });
  return { answered, seconds: (performance.now() - startedAt) / 1000 };
}

async function sendByClient({ url, key, sourceId, until }) {
  const writer = new DakkioClient({ url, key }).data.writer({ maxQueuedPoints: 2 * BATCH_POINTS });
  while (performance.now() < until) await writer.write(nextPoint(sourceId));
  await writer.close();
  return writer.stats.inserted;
}

async function sendByFetch({ url, key, sourceId, until }) {
  let answered = 0;
  const headers = { 'X-API-Key': key, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  while (performance.now() < until) {
    const dataPoints = Array.from({ length: BATCH_POINTS }, () => nextPoint(sourceId));
    const body = gzipSync(JSON.stringify({ dataPoints }));
    const response = await globalThis.fetch(`${url}/api/data/batch?partial=true`, { method: 'POST', headers, body });
    answered += (await response.json()).inserted;
  }
  return answered;
}

/** How much memory so many points take while the server cannot be reached, in bytes. */
async function queueOffline(count) {
  const writer = new DakkioClient({ url: NOWHERE, key: 'dakkio_w_none' }).data.writer();
  await writer.write(nextPoint('507f1f77bcf86cd799439014'));
  const before = used();
  for (let index = 1; index < count; index++) await writer.write(nextPoint('507f1f77bcf86cd799439014'));
  const after = used();
  const { queuedPoints: queued } = writer.stats;
  return { queued, heap: after.heap - before.heap, resident: after.resident - before.resident };
}

function used() {
  for (let round = 0; round < 3; round++) globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
