import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { PointStore } from '../../src/points/point-store';
import { findNextSource } from '../../src/sources/source-rows';
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { repetitions } from '../support/repetitions';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const T = 1_700_000_100_000;
/** The square of the last one is no number any more. */
const NUMBERS = [0, -0, 1.5, -3, 0.1, 1e15 + 0.3, 2 ** -1074, 1e300];

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

interface Line {
  readonly series: string;
  readonly at: number;
  readonly values: Record<string, number | boolean | string>;
}

/** A field's text in a line. */
const fieldText = (value: Line['values'][string]) =>
  typeof value === 'string' ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value);

const textOf = ({ series, at, values }: Line) =>
  `${series} ${Object.entries(values)
    .map(([name, value]) => `${name}=${fieldText(value)}`)
    .join(',')} ${at}`;

async function write({ key }: InfluxScene, lines: readonly Line[]): Promise<void> {
  const answer = await fetch(`${server.url}/api/v2/write?bucket=Greenhouse&precision=ms`, {
    ...{ method: 'POST', headers: { authorization: `Token ${key}` }, body: lines.map(textOf).join('\n') },
  });
  expect([answer.status, await answer.text()]).toEqual([204, '']);
}

const number = fc.constantFrom(...NUMBERS);
const FIELDS = { t: number, h: number, ok: fc.boolean(), note: fc.constantFrom('', 'a', 'b') };
/** Lines of one series that follow each other. Most runs ascend and have the same fields, as those of a sensor do. */
const run = fc
  .record({
    series: fc.constantFrom('m,s=a', 'm,s=b'),
    start: fc.integer({ min: 0, max: 40 }),
    stepMillis: fc.constantFrom(60_000, 60_000, 60_000, 0, -60_000, 450_000),
    names: fc.subarray(['t', 'h', 'ok', 'note'], { minLength: 1 }),
    rows: fc.array(fc.record(FIELDS), { minLength: 1, maxLength: 12 }),
  })
  .map(({ series, start, stepMillis, names, rows }) =>
    rows.map((row, index): Line => {
      const own = names.map((name) => [name, row[name as keyof typeof row]] as const);
      return { series, at: T + start * 60_000 + index * stepMillis, values: Object.fromEntries(own) };
    }),
  );

/** The rollups of a source. Sums and deviations are rounded, because they depend on the order in which values are added. */
async function rollupsOf(source: number): Promise<object[]> {
  const { manager } = server.app.get(DataSource);
  const rows = await query<Record<string, number>>(
    manager,
    'SELECT * FROM rollups WHERE source = ? ORDER BY slot, quarter',
    [source],
  );
  return rows.map(({ sum_low: low, m2, sum, ...row }) => {
    const largest = Math.max(Math.abs(row.min ?? 0), Math.abs(row.max ?? 0));
    return {
      ...row,
      sum: rounded((sum ?? 0) + (low ?? 0), largest * (row.n ?? 0)),
      m2: rounded(m2 ?? 0, largest ** 2 * (row.n ?? 0)),
    };
  });
}

const rounded = (value: number, scale: number) =>
  scale === 0 || !Number.isFinite(scale) ? value : Math.round((value / scale) * 1e9);

it('stores bodies of lines like a list of points that merges them, with the rollups of these points', async () => {
  const property = fc.asyncProperty(fc.array(fc.array(run, { maxLength: 5 }), { maxLength: 4 }), async (bodies) => {
    const scene = await makeInfluxScene(server);
    const model = new Map<string, Map<number, Line['values']>>();
    for (const runs of bodies) {
      const lines = runs.flat();
      await write(scene, lines);
      for (const { series, at, values } of lines) {
        const points = model.get(series) ?? new Map<number, Line['values']>();
        model.set(series, points.set(at, { ...points.get(at), ...values }));
      }
    }
    const expected = [...model].flatMap(([series, points]) =>
      [...points].map(([at, values]) => [series, new Date(at).toISOString(), withoutNegativeZero(values)] as const),
    );
    const byPlace = (one: readonly unknown[], other: readonly unknown[]) => (String(one) < String(other) ? -1 : 1);
    expect((await scene.stored()).sort(byPlace)).toEqual(expected.sort(byPlace));
    for (const { _id } of await scene.sources()) {
      const { manager } = server.app.get(DataSource);
      const [found] = await query<{ number: number }>(manager, 'SELECT number FROM data_sources WHERE id = ?', [_id]);
      const source = await findNextSource(manager, (found?.number ?? 0) - 1);
      const stored = await rollupsOf(source?.number ?? 0);
      await server.app
        .get(Writer)
        .write((transaction) => server.app.get(PointStore).rebuild(transaction, source as never, 0, Infinity));
      expect(stored).toEqual(await rollupsOf(source?.number ?? 0));
    }
  });
  await fc.assert(property, { numRuns: repetitions(ON_POSTGRES ? 10 : 25, 200), endOnFailure: true });
}, 300_000);

function withoutNegativeZero(values: Line['values']): Line['values'] {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === 0 ? 0 : value]));
}

it('looks at points one by one only where some may be stored already', async () => {
  const scene = await makeInfluxScene(server);
  const append = jest.spyOn(server.app.get(PointStore), 'append');
  const lines = (from: number) =>
    Array.from({ length: 50 }, (_, index): Line => ({
      series: 'm',
      at: T + from + index * 60_000,
      values: { t: index },
    }));
  await write(scene, lines(50 * 60_000));
  await write(scene, lines(0));
  await write(scene, lines(200 * 60_000));
  expect(append).not.toHaveBeenCalled();
  await write(scene, lines(220 * 60_000));
  expect(append).toHaveBeenCalledTimes(1);
  expect(await scene.stored()).toHaveLength(170);
});
