import fc from 'fast-check';
import { pendingRollups } from '../support/pending-rollups';
import { iso, QueryScene, START } from '../support/query-scene';
import { repetitions } from '../support/repetitions';
import { asked } from '../support/statements';
import { ON_POSTGRES } from '../support/test-app';

const MINUTE = 60_000;
/** Enough for rollups that are read together. */
const SOURCES = 12;

const scene = QueryScene.use(() => undefined);
const { rollupsOf } = pendingRollups(scene);

interface Sent {
  readonly source: number;
  readonly minute: number;
  readonly metadata?: { readonly tag: string };
  readonly values: object;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  source: fc.nat(SOURCES - 1),
  minute: fc.nat(40),
  metadata: fc.constantFrom(undefined, undefined, { tag: 'a' }, { tag: 'b' }),
  values: fc.record(
    { temperature: fc.integer({ min: -9, max: 9 }), door: fc.boolean(), note: fc.constantFrom('', 'a', 'b') },
    { requiredKeys: ['temperature'] },
  ),
});
/** Later batches have later points in part, and repeat or replace others. */
const batches = fc
  .array(fc.array(sent, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map((batch, index) => batch.map((one) => ({ ...one, minute: one.minute + index * 20 }))));

const makeSources = (count: number) => Promise.all(Array.from({ length: count }, () => scene.makeSource()));

/** Stores points in these sources. @returns how many were inserted, updated, and there already */
async function store(points: readonly Sent[], sources: readonly string[]): Promise<number[]> {
  const dataPoints = points.map(({ source, minute, metadata, values }) => ({
    ...{ dataSourceId: sources[source], timestamp: iso(START + minute * MINUTE), values },
    ...(metadata && { metadata }),
  }));
  const { status, body } = await scene.call('POST', '/api/data/batch', { dataPoints }, scene.keys.write);
  expect(status).toBe(201);
  return [body.inserted, body.updated, body.duplicates] as number[];
}

const sumOf = (lists: readonly (readonly number[])[]) =>
  [0, 1, 2].map((place) => lists.reduce((sum, list) => sum + (list[place] ?? 0), 0));

async function contentsOf(dataSourceId: string): Promise<unknown[]> {
  const filters = { dataSourceId, startTime: iso(START), endTime: iso(START + 1000 * MINUTE), limit: 1000 };
  const { status, body } = await scene.ask({ filters });
  expect(status).toBe(200);
  const points = (body.data as object[]).map((point) => ({ ...point, _id: undefined, dataSourceId: undefined }));
  return [points, await rollupsOf(dataSourceId)];
}

it('stores a batch of several data sources like a batch for each of them', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const [together, apart] = [await makeSources(SOURCES), await makeSources(SOURCES)];
      for (const batch of all) {
        const counts: number[][] = [];
        for (let source = 0; source < SOURCES; source++) {
          const own = batch.filter((one) => one.source === source);
          if (own.length > 0) counts.push(await store(own, apart));
        }
        expect(await store(batch, together)).toEqual(sumOf(counts));
      }
      for (const [place, dataSourceId] of together.entries())
        expect(await contentsOf(dataSourceId)).toEqual(await contentsOf(apart[place] as string));
    }),
    { numRuns: repetitions(15, 50) },
  );
});

it('stores one data source with many points among others', async () => {
  const sources = await makeSources(3);
  const many = Array.from({ length: 300 }, (_, minute): Sent => ({
    source: 0,
    minute,
    values: { temperature: minute },
  }));
  const few = [1, 2].map((source): Sent => ({ source, minute: source, values: { temperature: source } }));
  expect(await store([...many, ...few], sources)).toEqual([302, 0, 0]);
  expect(await store([...many, ...few], sources)).toEqual([0, 0, 302]);
  const filters = { startTime: iso(START), endTime: iso(START + 300 * MINUTE) };
  const { body } = await scene.ask({ filters, aggregation: 'count', groupBy: 'day' });
  expect((body.data as { count: number }[]).map(({ count }) => count).sort()).toEqual([1, 1, 300]);
});

(ON_POSTGRES ? it.skip : it)(
  'stores points of many data sources with fewer than one statement for two of them',
  async () => {
    const sources = await makeSources(60);
    const batch = (minute: number) =>
      sources.map((_, source): Sent => ({ source, minute, values: { temperature: 1, door: true } }));
    await store(batch(20), sources);
    // Later points, points between stored ones, and points before all of them.
    for (const minute of [40, 30, 1]) {
      const { statements } = await asked(scene.server, () => store(batch(minute), sources));
      expect(statements).toBeLessThan(0.5 * sources.length);
    }
    // Two points of each data source at the same time, of which the later one counts.
    const twice = [...batch(50).map((one) => ({ ...one, values: { temperature: 9 } })), ...batch(50)];
    const { statements: ofTwice } = await asked(scene.server, async () =>
      expect(await store(twice, sources)).toEqual([60, 60, 0]),
    );
    expect(ofTwice).toBeLessThan(0.5 * sources.length);
    const alone = await makeSources(1);
    for (const minute of [20, 40, 30, 1, 50]) await store(batch(minute).slice(0, 1), alone);
    expect((await contentsOf(alone[0] as string))[0]).toHaveLength(5);
    for (const source of sources) expect(await contentsOf(source)).toEqual(await contentsOf(alone[0] as string));
  },
);

(ON_POSTGRES ? it.skip : it)('replaces points with fewer than one statement for five of them', async () => {
  const sources = await makeSources(1);
  const batch = (temperature: number) =>
    Array.from({ length: 200 }, (_, index): Sent => ({ source: 0, minute: index / 20, values: { temperature } }));
  await store(batch(1), sources);
  const { statements } = await asked(scene.server, () => store(batch(2), sources));
  expect(statements).toBeLessThan(40);
  const [points] = await contentsOf(sources[0] as string);
  expect(points).toHaveLength(200);
  expect(new Set((points as { values: object }[]).map(({ values }) => JSON.stringify(values)))).toEqual(
    new Set(['{"temperature":2}']),
  );
});
