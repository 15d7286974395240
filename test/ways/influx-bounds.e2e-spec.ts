import { pointsOfSent } from '../../src/ingest/sent-block';
import { Ingest } from '../../src/ingest/ingest.service';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

/** A slice of a body, with its last line, which may exceed the bytes of a slice. */
const MOST_BYTES_OF_SLICE = 262_144 + 210_000;

let server: TestApp;
let key: string;
beforeAll(async () => {
  server = await startApp();
  key = (await makeKey(server, await makeBucket(server), 'write')).key;
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

function write(body: string): Promise<Response> {
  return fetch(`${server.url}/api/v2/write`, { method: 'POST', headers: { Authorization: `Token ${key}` }, body });
}

it('stores a body of a few long lines in slices of bounded size', async () => {
  const add = jest.spyOn(server.app.get(Ingest), 'add');
  const texts = Array.from({ length: 4 }, (_, index) => `f${index}="${'y'.repeat(50_000)}"`).join();
  const lines = Array.from({ length: 20 }, (_, index) => `long ${texts} 17000000${10 + index}000000000`);
  expect((await write(lines.join('\n'))).status).toBe(204);
  const slices = add.mock.calls.map(([{ blocks = [] }]) => blocks.flatMap(pointsOfSent));
  expect(slices.flat()).toHaveLength(20);
  const sizes = slices.map((points) => JSON.stringify(points.map(({ values }) => Object.values(values))).length);
  expect(Math.max(...sizes)).toBeLessThan(MOST_BYTES_OF_SLICE);
});

const timeOf = (index: number) => `${1_700_000_000 + index}000000000`;
const SEVEN = 'f1=1,f2=2,f3=3,f4=4,f5=5,f6=6,f7=7';
it.each([
  { name: '2,500 lines with numbers', line: (index: number) => `a x=1 ${timeOf(index)}`, most: 2500 },
  { name: '1,000 lines with texts', line: (index: number) => `b x="one" ${timeOf(index)}`, most: 1000 },
  { name: '1,000 lines with seven fields', line: (index: number) => `c ${SEVEN} ${timeOf(index)}`, most: 1000 },
  { name: '1,000 lines of one time', line: (index: number) => `e x=${index} 1700000000000000000`, most: 1000 },
  {
    name: '1,000 lines of many series',
    line: (index: number) => `d,t=${index % 500} x=1 ${timeOf(index)}`,
    most: 1000,
  },
])('stores no more than $name of a body at once', async ({ line, most }) => {
  const add = jest.spyOn(server.app.get(Ingest), 'add');
  const lines = Array.from({ length: 5000 }, (_, index) => line(index));
  expect((await write(lines.join('\n'))).status).toBe(204);
  const counts = add.mock.calls.map(([{ blocks = [] }]) => blocks.reduce((sum, { rows }) => sum + rows.length, 0));
  expect(counts.reduce((sum, count) => sum + count)).toBe(5000);
  expect(Math.max(...counts)).toBeGreaterThanOrEqual(most);
  expect(Math.max(...counts)).toBeLessThan(most + 16);
});

it('refuses a line of more than 1,000 fields, and stores its neighbours', async () => {
  const add = jest.spyOn(server.app.get(Ingest), 'add');
  const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join();
  const answer = await write(
    `wide ${fields(1000)} 1700000000000000000\nwider ${fields(1001)}\nwide f0=2 1700000001000000000`,
  );
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringContaining('line has more than 1000 fields'),
  ]);
  expect(add.mock.calls.flatMap(([{ blocks = [] }]) => blocks.flatMap(pointsOfSent))).toHaveLength(2);
});
