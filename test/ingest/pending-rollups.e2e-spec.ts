import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { leavePending } from '../../src/points/pending-rollups';
import { PointRemoval } from '../../src/points/point-removal';
import { RollupCompletion } from '../../src/points/rollup-completion';
import { iso, QueryScene, START, type SentPoint } from '../support/query-scene';

const WINDOW = 900_000;
const HOUR = 4 * WINDOW;
const FIELDS = 60;
/** One more rollup than a transaction changes at once, at least. */
const WINDOWS = 60;

const names = Array.from({ length: FIELDS }, (_, index) => `field${index}`);
const SCHEMA = { ...Object.fromEntries(names.map((name) => [name, 'number'])), open: 'boolean', note: 'string' };

const scene = QueryScene.use(() => undefined);
const completion = () => scene.server.app.get(RollupCompletion);
const database = () => scene.server.app.get(DataSource);

afterEach(() => jest.restoreAllMocks());

/** Leaves rollups pending until the mock is restored. */
function withoutCompletion() {
  return jest.spyOn(completion(), 'complete').mockResolvedValue();
}

async function numberOf(sourceId: string): Promise<number> {
  const [row] = await database().query<{ number: number }[]>(
    `SELECT number FROM data_sources WHERE id = '${sourceId}'`,
  );
  return row?.number ?? -1;
}

async function pendingOf(sourceId: string): Promise<number> {
  const number = await numberOf(sourceId);
  const sql = `SELECT count(*) AS count FROM pending_rollups WHERE source = ${number}`;
  const [row] = await database().query<{ count: number }[]>(sql);
  return Number(row?.count);
}

/** The rollups of a source, without its number. */
async function rollupsOf(sourceId: string): Promise<unknown[]> {
  const number = await numberOf(sourceId);
  const sql = `SELECT * FROM rollups WHERE source = ${number} ORDER BY slot, quarter`;
  return (await database().query<Record<string, unknown>[]>(sql)).map((rollup) => ({ ...rollup, source: 0 }));
}

const complete = async (sourceId: string) =>
  completion().complete(await numberOf(sourceId), { organization: '', line: '' });

/** A point in each of so many windows, the first fields of which have gaps. */
function oneInEachWindow(windows = WINDOWS, seed = 0): SentPoint[] {
  return Array.from({ length: windows }, (_, window) => {
    const present = names.filter((_, index) => (window + index + seed) % (index + 2) !== 0);
    return {
      at: START + window * WINDOW + ((window * 77_777) % WINDOW),
      values: {
        ...Object.fromEntries(present.map((name, index) => [name, (window * 31 + index * 7 + seed) % 53])),
        ...(window % 2 === 0 && { open: window % 4 === 0 }),
        ...(window % 3 === 0 && { note: `n${window + seed}` }),
      },
    };
  });
}

const sourceOf = () => scene.makeSource({ schema: SCHEMA });

/** The same points in parts that change few rollups. */
async function storeInParts(points: readonly SentPoint[], sourceId: string, size = 20): Promise<void> {
  for (let start = 0; start < points.length; start += size)
    await scene.store(points.slice(start, start + size), sourceId);
}

const AGGREGATIONS = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'stddev'];

/** What different kinds of queries answer, without the id of the source. */
async function answersOf(dataSourceId: string): Promise<unknown[]> {
  const range = { startTime: iso(START), endTime: iso(START + WINDOWS * WINDOW) };
  const filters = { dataSourceId, ...range };
  const queries = [
    { filters, aggregation: AGGREGATIONS, groupBy: 'hour' },
    { filters, aggregation: AGGREGATIONS, groupBy: 'day' },
    { filters: { ...filters, fields: ['field1', 'open'] }, aggregation: 'count', groupBy: 'hour' },
    {
      filters: { ...filters, startTime: iso(START + 10 * HOUR), fields: ['field3'] },
      aggregation: 'last',
      groupBy: 'hour',
      fill: 'previous',
    },
    { filters: { ...filters, fields: ['field0', 'field9'] }, aggregation: 'avg', groupBy: 'hour', fill: 'linear' },
    { filters },
  ];
  const answers: unknown[] = [];
  const add = ({ status, body }: { status: number; body: unknown }) => {
    expect(status).toBe(200);
    answers.push(body);
  };
  for (const query of queries) add(await scene.ask(query));
  const latest = `/api/data/latest?bucketId=${scene.bucketId}&dataSourceId=${dataSourceId}&mode=fields`;
  add(await scene.call('GET', latest));
  const rule = { bucketId: scene.bucketId, dataSourceId, condition: 'field2 > 40', ...range };
  add(await scene.call('POST', '/api/alerts/preview', rule, scene.keys.write));
  return answers.map(
    (answer) =>
      JSON.parse(
        JSON.stringify(answer)
          .replaceAll(dataSourceId, 'source')
          .replaceAll(/"_id":"[^"]*",/g, ''),
      ) as unknown,
  );
}

describe('A batch that changes more rollups than a transaction should', () => {
  it('has the same rollups afterwards as its points in smaller batches', async () => {
    const [wide, parts] = [await sourceOf(), await sourceOf()];
    await scene.store(oneInEachWindow(), wide);
    await storeInParts(oneInEachWindow(), parts);
    expect(await pendingOf(wide)).toBe(0);
    expect(await pendingOf(parts)).toBe(0);
    expect(await rollupsOf(wide)).toEqual(await rollupsOf(parts));
    expect((await rollupsOf(wide)).length).toBeGreaterThan(2000);
  });

  it('gives the same answers before its rollups are computed', async () => {
    const [wide, parts] = [await sourceOf(), await sourceOf()];
    await storeInParts(oneInEachWindow(), parts);
    const spied = withoutCompletion();
    await scene.store(oneInEachWindow(), wide);
    expect(await pendingOf(wide)).toBe(WINDOWS);
    const answers = await answersOf(wide);
    expect(answers).toEqual(await answersOf(parts));
    // Points that follow are added to what is there.
    spied.mockRestore();
    await scene.store(oneInEachWindow(20, 5), wide);
    await complete(wide);
    await storeInParts(oneInEachWindow(20, 5), parts);
    expect(await answersOf(wide)).toEqual(await answersOf(parts));
    expect(await rollupsOf(wide)).toEqual(await rollupsOf(parts));
  });

  it('gives the same answers where it replaces points', async () => {
    const [wide, parts] = [await sourceOf(), await sourceOf()];
    for (const source of [wide, parts]) await storeInParts(oneInEachWindow(), source);
    await storeInParts(oneInEachWindow(WINDOWS, 9), parts, 5);
    expect(await pendingOf(parts)).toBe(0);
    withoutCompletion();
    await scene.store(oneInEachWindow(WINDOWS, 9), wide);
    expect(await pendingOf(wide)).toBe(WINDOWS);
    expect(await answersOf(wide)).toEqual(await answersOf(parts));
    jest.restoreAllMocks();
    await complete(wide);
    expect(await rollupsOf(wide)).toEqual(await rollupsOf(parts));
  });

  it('is answered when its rollups are computed', async () => {
    const source = await sourceOf();
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const spied = jest.spyOn(completion(), 'complete').mockReturnValue(finished);
    let isAnswered = false;
    const answered = scene.store(oneInEachWindow(), source).then(() => (isAnswered = true));
    while (spied.mock.calls.length === 0) await new Promise(setImmediate);
    // A request behind it is stored and answered before.
    await scene.store([{ at: START - 1, values: { field0: 1 } }], source);
    expect(isAnswered).toBe(false);
    finish();
    await answered;
  });
});

describe('A window with many points', () => {
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

  async function schemaOf() {
    const [row] = await database().query<{ schema: string }[]>(
      `SELECT schema FROM data_sources WHERE id = '${scene.sourceId}'`,
    );
    return JSON.parse(row?.schema ?? '[]') as never;
  }
});

it('computes pending rollups that a crash left, and forgets those of sources that are gone', async () => {
  const source = await sourceOf();
  withoutCompletion();
  await scene.store(oneInEachWindow(), source);
  jest.restoreAllMocks();
  await scene.server.app.get(Writer).write((manager) => leavePending(manager, 1_000_000, [5]));
  await completion().completeDue();
  const rows = await database().query<unknown[]>('SELECT * FROM pending_rollups');
  expect(rows).toEqual([]);
  const parts = await sourceOf();
  await storeInParts(oneInEachWindow(), parts);
  expect(await rollupsOf(source)).toEqual(await rollupsOf(parts));
});

it('leaves rollups pending that cannot be stored, and answers from points', async () => {
  const source = await sourceOf();
  const writer = scene.server.app.get(Writer);
  const write = writer.write.bind(writer);
  jest
    .spyOn(writer, 'write')
    .mockImplementation((work, options) =>
      options?.caller === RollupCompletion.name ? Promise.reject(new Error('Refused')) : write(work, options),
    );
  await scene.store(oneInEachWindow(), source);
  expect(await pendingOf(source)).toBe(WINDOWS);
  const answers = await answersOf(source);
  jest.restoreAllMocks();
  await completion().completeDue();
  expect(await pendingOf(source)).toBe(0);
  expect(await answersOf(source)).toEqual(answers);
});
