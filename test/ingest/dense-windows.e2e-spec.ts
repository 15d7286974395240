import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { PointRemoval } from '../../src/points/point-removal';
import { RollupCompletion } from '../../src/points/rollup-completion';
import { pendingRollups } from '../support/pending-rollups';
import { QueryScene, START } from '../support/query-scene';

const WINDOW = 900_000;
const AGGREGATIONS = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'stddev'];

const scene = QueryScene.use(() => undefined);
const { completion, withoutCompletion, numberOf, pendingOf, rollupsOf, complete } = pendingRollups(scene);

afterEach(() => jest.restoreAllMocks());

const POINTS = 3500;
const dense = (value = 0) =>
  Array.from({ length: POINTS }, (_, index) => ({
    at: START + index * 100,
    values: { temperature: value + (index % 91) },
  }));
const replacedAt = START + 200 * 100;
const byHour = async (dataSourceId: string) => {
  const wish = { filters: { dataSourceId }, aggregation: AGGREGATIONS, groupBy: 'hour' };
  const { body } = await scene.ask(wish);
  return body.data[0] as { count: number; values: { temperature: Record<string, number> } };
};

async function schemaOf() {
  const [row] = await scene.server.app
    .get(DataSource)
    .query<{ schema: string }[]>(`SELECT schema FROM data_sources WHERE id = '${scene.sourceId}'`);
  return JSON.parse(row?.schema ?? '[]') as never;
}

describe('A window with many points', () => {
  it('leaves its rollups pending when a point is replaced, and computes them after the commit', async () => {
    await scene.store(dense());
    const spied = withoutCompletion();
    await scene.store([{ at: replacedAt, values: { temperature: 1000 } }]);
    expect(await pendingOf(scene.sourceId)).toBe(1);
    const { count, values } = await byHour(scene.sourceId);
    expect([count, values.temperature.max]).toEqual([POINTS, 1000]);
    spied.mockRestore();
    await complete(scene.sourceId);
    expect(await pendingOf(scene.sourceId)).toBe(0);
    expect(await byHour(scene.sourceId)).toMatchObject({ count, values });
  });

  it('has fewer points if they have many fields with texts', async () => {
    const texts = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`text${index}`, 'string']));
    const source = await scene.makeSource({ schema: texts });
    const points = Array.from({ length: 150 }, (_, index) => ({ at: START + index, values: { text1: `t${index}` } }));
    await scene.store(points, source);
    withoutCompletion();
    await scene.store([{ at: START, values: { text1: 'other' } }], source);
    expect(await pendingOf(source)).toBe(1);
    jest.restoreAllMocks();
    await complete(source);
    expect(await pendingOf(source)).toBe(0);
  });

  it('reads its points again if one changes before the rollups are stored', async () => {
    await scene.store(dense());
    const spied = withoutCompletion();
    await scene.store([{ at: replacedAt, values: { temperature: 1000 } }]);
    const writer = scene.server.app.get(Writer);
    const write = writer.write.bind(writer);
    const changes = [
      [{ at: replacedAt, values: { temperature: 2000 } }],
      [{ at: START + 1, values: { temperature: 3000 } }],
    ];
    const writing = jest.spyOn(writer, 'write').mockImplementation(async (work, options) => {
      const change = options?.caller === RollupCompletion.name ? changes.shift() : undefined;
      if (change) await scene.store(change);
      return write(work, options);
    });
    spied.mockRestore();
    await complete(scene.sourceId);
    writing.mockRestore();
    expect(changes).toEqual([]);
    expect(await pendingOf(scene.sourceId)).toBe(0);
    const { count, values } = await byHour(scene.sourceId);
    expect([count, values.temperature.max, values.temperature.count]).toEqual([POINTS + 1, 3000, POINTS + 1]);
  });

  it('waits for the next periodic run if its points change again and again', async () => {
    await scene.store(dense());
    withoutCompletion();
    await scene.store([{ at: replacedAt, values: { temperature: 1000 } }]);
    jest.restoreAllMocks();
    const writer = scene.server.app.get(Writer);
    const write = writer.write.bind(writer);
    let value = 1001;
    const writing = jest.spyOn(writer, 'write').mockImplementation(async (work, options) => {
      if (options?.caller === RollupCompletion.name)
        await scene.store([{ at: replacedAt, values: { temperature: value++ } }]);
      return write(work, options);
    });
    await complete(scene.sourceId);
    writing.mockRestore();
    expect(await pendingOf(scene.sourceId)).toBe(1);
    expect((await byHour(scene.sourceId)).values.temperature.max).toBe(value - 1);
    await completion().completeDue();
    expect(await pendingOf(scene.sourceId)).toBe(0);
    expect((await byHour(scene.sourceId)).values.temperature.max).toBe(value - 1);
  });

  it('is deleted in steps that keep its counts right', async () => {
    const points = [...dense(), ...dense().map(({ at, values }) => ({ at: at + 350_000, values }))];
    await scene.store(points);
    const removal = scene.server.app.get(PointRemoval);
    const source = { number: await numberOf(scene.sourceId), schema: await schemaOf() };
    const counts: number[] = [];
    const guard = async () => {
      counts.push((await byHour(scene.sourceId))?.count ?? 0);
      return true;
    };
    const [from, to] = [START + 1000 * 100, START + 6800 * 100];
    expect(await removal.remove(source, [from, to], guard)).toBe(5800);
    expect(counts).toEqual([7000, 5000, 3000]);
    const left = points.filter(({ at }) => at < from || at >= to).map(({ values }) => values.temperature);
    const { count, values } = await byHour(scene.sourceId);
    expect([count, values.temperature.count, values.temperature.sum]).toEqual([
      left.length,
      left.length,
      left.reduce((sum, value) => sum + value, 0),
    ]);
    expect(await removal.remove(source, [START, START + WINDOW])).toBe(left.length);
    expect(await rollupsOf(scene.sourceId)).toEqual([]);
    expect(await pendingOf(scene.sourceId)).toBe(0);
  });

  it('is deleted in steps that may end between points of the same time', async () => {
    const others = Array.from({ length: 2500 }, (_, index) => ({
      ...{ at: START, values: { temperature: 1 } },
      metadata: { device: index },
    }));
    await scene.store([...others, { at: START + 1, values: { temperature: 5 } }]);
    const source = { number: await numberOf(scene.sourceId), schema: await schemaOf() };
    expect(await scene.server.app.get(PointRemoval).remove(source, [START, START + 1])).toBe(2500);
    const { count, values } = await byHour(scene.sourceId);
    expect([count, values.temperature.min, values.temperature.first]).toEqual([1, 5, 5]);
  });
});
