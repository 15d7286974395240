// npm test leaves this out: large answers.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { makeBucket } from '../support/make';
import { startServer, stopProgram } from '../support/process';
import { RawConnection, rawRequest } from '../support/raw';
import { createDatabase, ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2024, 0, 15);
const LIMIT_BYTES = 200_000;
const EVERY = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'p95', 'p99', 'stddev'];
const iso = (at: number) => new Date(at).toISOString();
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

let server: TestApp;
let bucketId: string;
beforeAll(async () => (server = await startApp({ DAKKIO_ANSWER_LIMIT_BYTES: String(LIMIT_BYTES) })));
beforeEach(async () => (bucketId = await makeBucket(server)));
afterAll(() => server.stop());

const call = (method: string, path: string, body?: object) => server.call(method, path, { key: server.adminKey, body });
const ask = (body: object) => call('POST', '/api/data/query', { bucketId, ...body });
async function makeSource(schema: object): Promise<string> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name: 'Source', schema });
  return body.dataSource._id as string;
}
interface Sent {
  readonly at: number;
  readonly values: object;
}
async function store(dataSourceId: string, points: readonly Sent[], atOnce = 1000): Promise<void> {
  for (let start = 0; start < points.length; start += atOnce) {
    const dataPoints = points
      .slice(start, start + atOnce)
      .map(({ at, values }) => ({ dataSourceId, timestamp: iso(at), values }));
    expect((await call('POST', '/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
  }
}

/** What is sent of rows is the same on each database; how they are read is not. */
(ON_POSTGRES ? describe.skip : describe)('the bytes of an answer', () => {
  const refusal = (rows: number) =>
    `The answer would be larger than ${LIMIT_BYTES} bytes: the first ${rows} rows fit. Send a smaller limit and page through ` +
    'the rest, or request fewer fields, fewer aggregations or a longer groupBy';
  const rowsOf = (message: string) => Number(/first (\d+) rows/.exec(message)?.[1]);

  it('are limited: 400 names the rows that fit, and cursor pages return all rows', async () => {
    const source = await makeSource({ note: 'string', n: 'number' });
    await store(
      source,
      numbered(600).map((n) => ({ at: START + n, values: { note: 'ä'.repeat(400), n } })),
    );
    const raw = (filters: object) => ask({ downsampling: false, filters: { limit: 10_000, sort: 'asc', ...filters } });
    const { status, body } = await raw({});
    const rows = rowsOf(body.message as string);
    expect([status, body]).toEqual([400, { error: 'Validation Error', message: refusal(rows) }]);
    const found: number[] = [];
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
      const page = await raw({ limit: rows, ...(cursor && { cursor }) });
      expect(page.status).toBe(200);
      found.push(...(page.body.data as { values: { n: number } }[]).map(({ values }) => values.n));
      cursor = page.body.metadata.nextCursor as string | undefined;
    }
    expect(found).toEqual(numbered(600));
    expect((await raw({ fields: ['n'] })).body.data).toHaveLength(600);
  });

  it('are limited for groups, and for tables with many columns', async () => {
    const fields = numbered(90).map((index) => `field_${index}`);
    const source = await makeSource(Object.fromEntries(fields.map((name) => [name, 'number'])));
    await store(source, [{ at: START, values: Object.fromEntries(fields.map((name) => [name, 1])) }]);
    const filters = { startTime: iso(START), endTime: iso(START + DAY), limit: 1440 };
    const wish = { aggregation: EVERY, groupBy: 'minute', fill: 'null', filters };
    const { status, body } = await ask(wish);
    expect([status, rowsOf(body.message as string)]).toEqual([400, expect.any(Number)]);
    const fitting = { ...filters, limit: rowsOf(body.message as string) };
    expect((await ask({ ...wish, filters: fitting })).status).toBe(200);
    const headers = { Accept: 'text/csv' };
    const csv = (limit: number) =>
      server.call('POST', '/api/data/query', {
        key: server.adminKey,
        body: { ...wish, bucketId, filters: { ...filters, limit } },
        headers,
      });
    expect((await csv(1440)).status).toBe(400);
    expect((await csv(fitting.limit)).status).toBe(200);
  });

  it('are not spent on tables wider than a spreadsheet', async () => {
    const names = (source: number) => numbered(100).map((index) => `s${source}_${index}`);
    for (const source of numbered(15)) {
      const id = await makeSource(Object.fromEntries(names(source).map((name) => [name, 'number'])));
      await store(id, [{ at: START, values: Object.fromEntries(names(source).map((name) => [name, 1])) }]);
    }
    const csv = (aggregation: readonly string[]) =>
      server.call('POST', '/api/data/query', {
        key: server.adminKey,
        body: { bucketId, aggregation },
        headers: { Accept: 'text/csv' },
      });
    expect(await csv(EVERY)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^The table would have more than 16384 columns/) as unknown },
    });
    expect((await csv(['avg'])).status).toBe(200);
  });

  it('abort the connection if later rows exceed the limit, so that the answer does not look complete', async () => {
    const source = await makeSource({ note: 'string' });
    await store(
      source,
      numbered(620).map((n) => ({ at: START + n, values: { note: n < 550 ? '' : 'ä'.repeat(1000) } })),
    );
    const body = JSON.stringify({ bucketId, downsampling: false, filters: { limit: 620, sort: 'asc' } });
    const connection = await RawConnection.open(server.port);
    const lines = [`X-API-Key: ${server.adminKey}`, 'Content-Type: application/json', `Content-Length: ${body.length}`];
    await connection.send(rawRequest('POST /api/data/query', lines) + body);
    await connection.closed;
    const text = connection.takeAll();
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(text.length).toBeLessThan(LIMIT_BYTES + 20_000);
    expect(text).not.toMatch(/"metadata":\{"count"/);
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
    expect(server.logs.some((line) => line.includes('failed while its answer was being sent'))).toBe(true);
    expect((await ask({ filters: { limit: 1 } })).status).toBe(200);
  });
});

describe('a streamed answer', () => {
  it('is the same table if it is too large to keep in memory', async () => {
    const other = await startApp();
    const id = await makeBucket(other);
    const post = (path: string, body: object, headers: Record<string, string> = {}) =>
      other.call('POST', path, { key: other.adminKey, body, headers });
    const schema = { note: 'string', n: 'number', late: 'boolean' };
    const dataSourceId = (await post(`/api/buckets/${id}/sources`, { name: 'S', schema })).body.dataSource
      ._id as string;
    const valuesOf = (n: number) => ({
      note: `${n},"ä"\n`.repeat(80),
      ...(n > 100 && { n }),
      ...(n > 5900 && { late: true }),
    });
    for (let start = 0; start < 6001; start += 1000) {
      const points = numbered(Math.min(1000, 6001 - start)).map((index) => start + index);
      const dataPoints = points.map((n) => ({ dataSourceId, timestamp: iso(START + n), values: valuesOf(n) }));
      expect((await post('/api/data/batch', { bucketId: id, dataPoints })).status).toBe(201);
    }
    const body = { bucketId: id, downsampling: false, filters: { limit: 6000, sort: 'asc' } };
    const json = (await post('/api/data/query', body)).body;
    const { headers, body: text } = await post('/api/data/query', body, { Accept: 'text/csv' });
    const [head = [], ...lines]: string[][] = parse(text as string);
    expect(head).toEqual(['_id', 'timestamp', 'dataSourceId', 'note', 'n', 'late', 'metadata']);
    expect(lines).toEqual(
      (json.data as { _id: string; timestamp: string }[]).map(({ _id, timestamp }, n) => {
        const { note, ...more } = valuesOf(n);
        return [_id, timestamp, dataSourceId, note, String(more.n ?? ''), String(more.late ?? ''), ''];
      }),
    );
    expect([headers.get('x-has-more'), headers.get('x-next-cursor')]).toEqual(['true', json.metadata.nextCursor]);
    expect(json.metadata.count).toBe(6000);
    await other.stop();
  });

  it('is sent in one write if it is small, and in pieces otherwise', async () => {
    const source = await makeSource({ n: 'number' });
    await store(
      source,
      numbered(1000).map((n) => ({ at: START + n, values: { n } })),
    );
    const sent = async (limit: number, accept: string) => {
      const body = { bucketId, downsampling: false, filters: { limit } };
      const { headers } = await server.call('POST', '/api/data/query', {
        ...{ key: server.adminKey, body, headers: { Accept: accept } },
      });
      return [headers.get('content-length') !== null, headers.get('transfer-encoding'), headers.get('cache-control')];
    };
    for (const accept of ['application/json', 'text/csv']) {
      expect(await sent(10, accept)).toEqual([true, null, 'no-store']);
      expect(await sent(1000, accept)).toEqual([false, 'chunked', 'no-store']);
    }
  });
});

/** The peak memory of a process in MB. */
function peakMegabytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

const onLinux = process.platform === 'linux' ? it : it.skip;
onLinux(
  'the memory of the server grows little more for the widest query and the longest texts than for one value',
  async () => {
    const database = await createDatabase();
    const running = await startServer({ DATABASE_URL: database.url });
    const key = /dakkio_a_[0-9A-Za-z]{36}/.exec(running.printed.stdout)?.[0] ?? '';
    const post = async (path: string, body: object) => (await running.call('POST', path, { key, body })).body;
    const id = (await post('/api/buckets', { name: 'B' })).bucket._id as string;
    const names = numbered(100).map((index) => `f${index}`);
    const fill = async (type: 'number' | 'string', points: number, values: unknown) => {
      const schema = Object.fromEntries(names.map((name) => [name, type]));
      const made = await post(`/api/buckets/${id}/sources`, { name: type, schema });
      const dataPoints = numbered(points).map((index) => ({
        dataSourceId: made.dataSource._id as string,
        timestamp: iso(START + index * 990 * MINUTE),
        values: Object.fromEntries(names.map((name) => [name, values])),
      }));
      for (const point of dataPoints) await post('/api/data', { bucketId: id, ...point });
      return made.dataSource._id as string;
    };
    const [numbers, texts] = [await fill('number', 100, 1), await fill('string', 60, 'x'.repeat(1000))];
    const filters = { startTime: iso(START), endTime: iso(START + 99_000 * MINUTE), limit: 1 };
    const wide = { groupBy: 'minute', fill: 'linear', timezone: 'Europe/Berlin' };
    const ask = (dataSourceId: string, more: object, fewer: object = {}) =>
      post('/api/data/query', { bucketId: id, filters: { ...filters, dataSourceId, ...fewer }, ...more });
    await ask(numbers, { ...wide, aggregation: 'avg' }, { fields: ['f1'] });
    await ask(texts, { downsampling: false });
    const alone = peakMegabytes(running.child.pid ?? 0);

    expect((await ask(numbers, { ...wide, aggregation: EVERY })).data).toHaveLength(1);
    expect((await ask(numbers, { ...wide, aggregation: EVERY }, { offset: 98_000 })).data).toHaveLength(1);
    expect((await ask(texts, { downsampling: false }, { limit: 10_000 })).data).toHaveLength(60);
    expect(
      (await ask(texts, { groupBy: 'hour', aggregation: ['first', 'last'] }, { limit: 10_000 })).data,
    ).toHaveLength(60);
    // It was 2400 MB.
    expect(peakMegabytes(running.child.pid ?? 0) - alone).toBeLessThan(150);
    await stopProgram(running);
    await database.remove();
  },
);
