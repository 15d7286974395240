import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { leavePending } from '../../src/points/pending-rollups';
import { RollupCompletion } from '../../src/points/rollup-completion';
import { pendingRollups } from '../support/pending-rollups';
import { iso, QueryScene, START, type SentPoint } from '../support/query-scene';

const WINDOW = 900_000;
const HOUR = 4 * WINDOW;
const FIELDS = 60;
/** Together with the fields, they have more rollups than a transaction changes at once. */
const WINDOWS = 60;

const names = Array.from({ length: FIELDS }, (_, index) => `field${index}`);
const SCHEMA = { ...Object.fromEntries(names.map((name) => [name, 'number'])), open: 'boolean', note: 'string' };

const scene = QueryScene.use(() => undefined);
const { completion, withoutCompletion, pendingOf, rollupsOf, complete } = pendingRollups(scene);

afterEach(() => jest.restoreAllMocks());

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
    expect(JSON.stringify(answers).length).toBeGreaterThan(100_000);
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
    await storeInParts(oneInEachWindow(WINDOWS, 9), parts, 2);
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

it('computes pending rollups that a crash left, and forgets those of sources that are gone', async () => {
  const source = await sourceOf();
  withoutCompletion();
  await scene.store(oneInEachWindow(), source);
  jest.restoreAllMocks();
  await scene.server.app.get(Writer).write((manager) => leavePending(manager, 1_000_000, [5]));
  await completion().completeDue();
  const rows = await scene.server.app.get(DataSource).query<unknown[]>('SELECT * FROM pending_rollups');
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
