// npm test leaves this out: hostile messages, repeated.
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { waitsDuring } from '../support/waits';

const SOURCES = 4000;
const SOURCES_PER_WRITE = 500;
const MEGABYTE = 1_048_576;

let server: TestApp;
let bucketId: string;
let key: string;
let reader: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
  reader = (await makeKey(server, bucketId, 'read')).key;
}, 120_000);
afterAll(() => server.stop());

async function write(body: string | Buffer, headers = {}): Promise<{ status: number; message: string }> {
  const path = `${server.url}/api/v2/write?precision=ms`;
  const answer = await fetch(path, { method: 'POST', body, headers: { authorization: `Token ${key}`, ...headers } });
  const text = await answer.text();
  return { status: answer.status, message: text === '' ? '' : (JSON.parse(text) as { message: string }).message };
}

async function query(text: string): Promise<any> {
  const answer = await fetch(`${server.url}/query?db=${bucketId}`, {
    method: 'POST',
    headers: { authorization: `Token ${reader}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ q: text }),
  });
  return answer.json();
}

async function requireOthersServed(work: () => Promise<unknown>): Promise<void> {
  const control = await waitsDuring(server, () => sleep(500));
  const attacked = await waitsDuring(server, work);
  expect(attacked.answered).toBeGreaterThan(0);
  expect(attacked.longest).toBeLessThan(1000 + 5 * control.longest);
}

describe('line protocol', () => {
  it.each([
    ['tiny lines that cannot be read', () => Buffer.alloc(MEGABYTE, 'a\n'), 400],
    ['comments', () => Buffer.alloc(MEGABYTE, '#\n'), 204],
    ['a line without an end', () => Buffer.alloc(MEGABYTE, 'a'), 400],
    ['lines of many tags', () => Buffer.alloc(MEGABYTE, `${'a,b=c'.repeat(50_000)}\n`), 400],
  ])(
    'of 1 MB in %s lets others through',
    async (_what, make, status) => {
      const body = make();
      await requireOthersServed(async () => {
        const answers = await Promise.all([1, 2, 3].map(() => write(body)));
        expect(answers.map((one) => one.status)).toEqual([status, status, status]);
      });
    },
    60_000,
  );

  it('inflates no more than 25 MB of a body', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * MEGABYTE, '\n'), { level: 9 });
    await requireOthersServed(async () => {
      const { status } = await write(bomb, { 'content-encoding': 'gzip' });
      expect(status).toBe(413);
    });
  }, 60_000);
});

describe('InfluxQL over many sources', () => {
  beforeAll(async () => {
    const lines = Array.from({ length: SOURCES }, (_, index) => `m,id=${index},group=${index % 10} v=${index} ${1e12}`);
    for (let begin = 0; begin < SOURCES; begin += SOURCES_PER_WRITE)
      expect((await write(lines.slice(begin, begin + SOURCES_PER_WRITE).join('\n'))).status).toBe(204);
  }, 120_000);

  it('lets others through, and answers in order', async () => {
    const answers: any = {};
    await requireOthersServed(async () => {
      [answers.series, answers.values, answers.counts] = await Promise.all([
        query('SHOW SERIES'),
        query('SHOW TAG VALUES WITH KEY = id'),
        query('SELECT count(v) FROM m GROUP BY "group"'),
      ]);
    });
    const rows = (answer: any) => answer.results[0].series[0].values as unknown[][];
    const ids = Array.from({ length: SOURCES }, (_, index) => String(index));
    expect(rows(answers.series).flat()).toEqual(ids.map((id) => `m,group=${Number(id) % 10},id=${id}`).sort());
    expect(rows(answers.values).map(([, id]) => id)).toEqual([...ids].sort());
    expect(answers.counts.results[0].series.map((one: any) => [one.tags.group, one.values[0][1]])).toEqual(
      Array.from({ length: 10 }, (_, group) => [String(group), SOURCES / 10]),
    );
  }, 120_000);

  it('gives the page that is asked for', async () => {
    const { results } = await query('SHOW SERIES LIMIT 2 OFFSET 700; SHOW TAG VALUES WITH KEY = "group" LIMIT 2');
    const sorted = Array.from({ length: SOURCES }, (_, id) => `m,group=${id % 10},id=${id}`).sort();
    expect(results.map(({ series }: any) => series[0].values)).toEqual([
      [[sorted[700]], [sorted[701]]],
      [
        ['group', '0'],
        ['group', '1'],
      ],
    ]);
  });
});
