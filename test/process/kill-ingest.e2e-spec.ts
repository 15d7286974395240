import { killAfter } from '../support/kill';
import { makeBucket } from '../support/make';
import { startServer, type RunningServer } from '../support/process';
import { repetitions } from '../support/repetitions';
import { createDatabase, ON_POSTGRES, type TestApp } from '../support/test-app';

const AT_ONCE = 20;
/** Smaller numbers would be taken for seconds, and refused. */
const FIRST_TIME = 100_000_000_000;
const LINES_PER_BODY = 1500;
const INGEST_ROUNDS = ON_POSTGRES ? 5 : repetitions(2, 6);

/** Sends points by themselves and in batches until the server is killed under it. Gives the times of those that were answered. */
async function ingestUntilKilled(server: RunningServer, key: string, dataSourceId: string, killAfterMillis: number) {
  const answered = new Set<number>();
  const noteAnswer = killAfter(server, killAfterMillis);
  const send = async (start: number, count: number) => {
    const times = Array.from({ length: count }, (_, index) => start + index);
    const points = times.map((timestamp) => ({ dataSourceId, timestamp, values: { n: timestamp } }));
    const [path, body] = count === 1 ? ['/api/data', points[0]] : ['/api/data/batch', { dataPoints: points }];
    const answer = await server.call('POST', path, { key, body });
    expect(answer.status).toBe(201);
    for (const time of times) answered.add(time);
    noteAnswer();
  };
  const senders = Array.from({ length: AT_ONCE }, async (_, sender) => {
    for (let turn = 0; ; turn++) await send(FIRST_TIME + sender * 10_000_000 + turn * 100, sender % 2 === 0 ? 1 : 100);
  });
  const failures = await Promise.allSettled(senders);
  await server.ended;
  for (const failure of failures)
    if (failure.status === 'rejected') expect(String(failure.reason)).toMatch(/fetch failed|terminated|closed/);
  return answered;
}

it(`keeps every answered point, and none twice, when killed ${INGEST_ROUNDS} times during ingest`, async () => {
  const own = await createDatabase();
  let server = await startServer({ DATABASE_URL: own.url });
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
  const ask = (method: string, path: string, body?: object) => server.call(method, path, { key: adminKey, body });
  const { body } = await ask('POST', `/api/buckets/${bucketId}/keys`, { name: 'Sensor', type: 'write' });
  let answeredInAll = 0;
  for (let round = 0; round < INGEST_ROUNDS; round++) {
    const made = await ask('POST', `/api/buckets/${bucketId}/sources`, { name: 'S', schema: { n: 'number' } });
    const sourceId = made.body.dataSource._id as string;
    const answered = await ingestUntilKilled(server, body.apiKey.key as string, sourceId, (round * 40) % 90);
    answeredInAll += answered.size;
    server = await startServer({ DATABASE_URL: own.url });
    const stored: number[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await ask('POST', '/api/data/query', {
        bucketId,
        downsampling: false,
        filters: { dataSourceId: sourceId, limit: 10_000, ...(cursor && { cursor }) },
      });
      stored.push(...(page.body.data as { values: { n: number } }[]).map(({ values }) => values.n));
      cursor = page.body.metadata.nextCursor as string | undefined;
      more = cursor !== undefined;
    }
    const times = new Set(stored);
    expect(times.size).toBe(stored.length);
    expect([...answered].filter((time) => !times.has(time))).toEqual([]);
    // What the points come to is as whole as the points.
    const sums = await ask('POST', '/api/data/query', {
      bucketId,
      filters: { dataSourceId: sourceId },
      aggregation: ['count', 'sum'],
    });
    const [row] = sums.body.data as { count: number; values: { n: { count: number; sum: number } } }[];
    expect(row ?? { count: 0 }).toMatchObject({ count: stored.length });
    if (row) expect(row.values.n).toEqual({ count: stored.length, sum: stored.reduce((sum, n) => sum + n, 0) });
    const { dataSource } = (await ask('GET', `/api/buckets/${bucketId}/sources/${sourceId}`)).body;
    expect(dataSource.stats.dataPointCount).toBe(stored.length);
  }
  server.child.kill('SIGKILL');
  await server.ended;
  await own.remove();
  // Shows that the kills came during ingest.
  expect(answeredInAll).toBeGreaterThan(0);
}, 300_000);

/** Writes bodies of 1500 lines, which take two commits, until the server is killed. Gives the first values of those that were answered. */
async function writeLinesUntilKilled(server: RunningServer, key: string, killAfterMillis: number) {
  const answered = new Set<number>();
  const noteAnswer = killAfter(server, killAfterMillis);
  const send = async (writer: number, turn: number) => {
    const first = FIRST_TIME + turn * LINES_PER_BODY;
    const lines = Array.from(
      { length: LINES_PER_BODY },
      (_, index) => `m,writer=${writer},half=${index % 2} n=${first + index} ${first + index}`,
    );
    const headers = { authorization: `Token ${key}` };
    const sent = { method: 'POST', body: lines.join('\n'), headers };
    const { status } = await fetch(`${server.url}/api/v2/write?precision=ms`, sent);
    expect(status).toBe(204);
    for (let index = 0; index < LINES_PER_BODY; index++) answered.add(writer * 1e13 + first + index);
    noteAnswer();
  };
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let turn = 0; ; turn++) await send(writer, turn);
  });
  const failures = await Promise.allSettled(writers);
  await server.ended;
  for (const failure of failures)
    if (failure.status === 'rejected') expect(String(failure.reason)).toMatch(/fetch failed|terminated|closed/);
  return answered;
}

it(`keeps every answered line, when killed ${INGEST_ROUNDS} times during writes of line protocol`, async () => {
  const own = await createDatabase();
  let server = await startServer({ DATABASE_URL: own.url });
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const ask = (method: string, path: string, body?: object) => server.call(method, path, { key: adminKey, body });
  let answeredInAll = 0;
  for (let round = 0; round < INGEST_ROUNDS; round++) {
    const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
    const { body } = await ask('POST', `/api/buckets/${bucketId}/keys`, { name: 'Telegraf', type: 'write' });
    const answered = await writeLinesUntilKilled(server, body.apiKey.key as string, (round * 40) % 90);
    answeredInAll += answered.size;
    server = await startServer({ DATABASE_URL: own.url });
    const listed = await ask('GET', `/api/buckets/${bucketId}/sources`);
    const stored: number[] = [];
    for (const { _id, tags } of listed.body.dataSources as { _id: string; tags: { writer: string } }[])
      for (let cursor: string | undefined, more = true; more;) {
        const filters = { dataSourceId: _id, limit: 10_000, ...(cursor && { cursor }) };
        const page = await ask('POST', '/api/data/query', { bucketId, downsampling: false, filters });
        for (const { values } of page.body.data as { values: { n: number } }[])
          stored.push(Number(tags.writer) * 1e13 + values.n);
        cursor = page.body.metadata.nextCursor as string | undefined;
        more = cursor !== undefined;
      }
    const found = new Set(stored);
    expect(found.size).toBe(stored.length);
    expect([...answered].filter((value) => !found.has(value))).toEqual([]);
  }
  server.child.kill('SIGKILL');
  await server.ended;
  await own.remove();
  // Shows that the kills came during writes.
  expect(answeredInAll).toBeGreaterThan(0);
}, 300_000);
