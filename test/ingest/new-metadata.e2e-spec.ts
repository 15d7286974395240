import { isoTime } from '../../src/common/times';
import { Writer } from '../../src/database/writer';
import { Ingest } from '../../src/ingest/ingest.service';
import { MAX_NEW_TEXTS } from '../../src/points/metadata-numbering';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { expectCountsHold } from '../support/metadata-counts';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const START = Date.parse('2024-01-15T00:00:00Z');
const COUNT = 1000;

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
// With requests of several keys, transactions store less new metadata.
beforeEach(async () => {
  const { key } = await makeKey(server, bucketId, 'write');
  expect((await send(key, pointsOf(await newSource(), ['other']))).status).toBe(201);
});
afterAll(() => server.stop());

const newSource = () => makeSource(server, bucketId, 'Fleet', { level: 'number' });

/** Points one second apart, each with metadata of its own. */
function pointsOf(dataSourceId: string, names: readonly string[]) {
  return names.map((name, index) => ({
    ...{ dataSourceId, timestamp: START + 1000 * index, values: { level: index } },
    metadata: { name },
  }));
}

const namesOf = (prefix: string, count = COUNT) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

function send(key: string, dataPoints: readonly object[]) {
  return server.call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints } });
}

interface Stored {
  readonly values: { readonly level: number };
  readonly metadata: { readonly name: string } | null;
}

async function stored(dataSourceId: string): Promise<Stored[]> {
  const times = { startTime: isoTime(START), endTime: isoTime(START + 1000 * COUNT) };
  const body = { bucketId, filters: { dataSourceId, limit: 10_000, sort: 'asc', ...times }, downsampling: false };
  const { body: found } = await server.call('POST', '/api/data/query', { key: server.adminKey, body });
  return found.data as Stored[];
}

const storedNames = async (dataSourceId: string) => (await stored(dataSourceId)).map(({ metadata }) => metadata?.name);

it('stores a batch with more new metadata than a transaction takes', async () => {
  const source = await newSource();
  const names = namesOf('a');
  const write = jest.spyOn(server.app.get(Writer), 'write');
  expect(await send(server.adminKey, pointsOf(source, names))).toMatchObject({
    status: 201,
    body: { inserted: COUNT, updated: 0, duplicates: 0 },
  });
  expect(write.mock.calls.length).toBeGreaterThanOrEqual(COUNT / MAX_NEW_TEXTS);
  write.mockRestore();
  expect(await storedNames(source)).toEqual(names);
  expect((await send(server.adminKey, pointsOf(source, names))).body).toMatchObject({ duplicates: COUNT });
  await expectCountsHold(server, bucketId);
});

it('stores concurrent batches with the same and with other new metadata, each whole', async () => {
  const [one, other] = [await newSource(), await newSource()];
  const keys = [await makeKey(server, bucketId, 'write'), await makeKey(server, bucketId, 'write')];
  const batches = [one, other, one, other, one].map((source, index) => ({
    key: keys[index % 2]?.key ?? '',
    points: pointsOf(source, namesOf(index < 3 ? 'same' : 'more')),
  }));
  const answers = await Promise.all(batches.map(({ key, points }) => send(key, points)));
  expect(answers.map(({ status }) => status)).toEqual(batches.map(() => 201));
  const all = [...namesOf('same'), ...namesOf('more')].sort();
  for (const source of [one, other]) expect((await storedNames(source)).sort()).toEqual(all);
  await expectCountsHold(server, bucketId);
});

(ON_POSTGRES ? describe.skip : describe)('while a batch with much new metadata waits', () => {
  /** Queues calls one after the other behind a transaction, then lets all run. Returns their names in the order of their answers. */
  async function answeredInOrder(calls: readonly (readonly [string, () => Promise<{ status: number }>])[]) {
    const { waiting } = server.app.get<{ waiting: { size: number } }>(Ingest);
    let open = () => {};
    const gated = server.app.get(Writer).write(() => new Promise<void>((resolve) => (open = resolve)));
    const answered: string[] = [];
    const sent: Promise<unknown>[] = [];
    for (const [index, [name, call]] of calls.entries()) {
      sent.push(call().then(({ status }) => answered.push(`${name} ${status}`)));
      await until('a request waits', () => waiting.size === index + 1);
    }
    open();
    await Promise.all([gated, ...sent]);
    return answered;
  }

  it('stores points of another key between its transactions', async () => {
    const [slow, quick] = [await newSource(), await newSource()];
    const keys = [await makeKey(server, bucketId, 'write'), await makeKey(server, bucketId, 'write')];
    let before = 0;
    const write = jest.spyOn(server.app.get(Writer), 'write');
    const order = await answeredInOrder([
      ['slow', () => send(keys[0]?.key ?? '', pointsOf(slow, namesOf('slow')))],
      [
        'quick',
        () =>
          send(keys[1]?.key ?? '', pointsOf(quick, namesOf('quick', 1))).then((answer) => {
            before = write.mock.calls.length;
            return answer;
          }),
      ],
    ]);
    expect(order).toEqual(['quick 201', 'slow 201']);
    // The batch continued in at least three more after the other point was stored.
    expect(write.mock.calls.length - before).toBeGreaterThanOrEqual(3);
    write.mockRestore();
    expect(await storedNames(slow)).toEqual(namesOf('slow'));
  });

  it('stores later points of the same key after it', async () => {
    const source = await newSource();
    const { key } = await makeKey(server, bucketId, 'write');
    const first = pointsOf(source, namesOf('first'));
    const later = pointsOf(source, ['later']).map((point) => ({ ...point, metadata: undefined }));
    const same = first.slice(0, 1).map((point) => ({ ...point, values: { level: 77 } }));
    const order = await answeredInOrder([
      ['first', () => send(key, first)],
      ['same', () => send(key, same)],
      ['later', () => send(key, later)],
    ]);
    expect(order).toEqual(['first 201', 'same 201', 'later 201']);
    const points = await stored(source);
    expect(points).toHaveLength(COUNT + 1);
    expect(points.find(({ metadata }) => metadata?.name === 'first0')?.values.level).toBe(77);
  });
});
