import { DataSource } from 'typeorm';
import { ApiKey } from '../../src/api-keys/api-key.entity';
import { KeyUsage } from '../../src/api-keys/usage/key-usage.entity';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../support/test-app';
import { changeIn, startMeter, storeKey, storeOrganization, type MeterInstance } from '../support/meter-instance';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 23, 12);
const TODAY = NOON / DAY - 0.5;
const HERE = { address: '192.168.1.20', userAgent: 'curl/8' };

let database: TestDatabase;
let one: MeterInstance;
let open: MeterInstance[];

async function start(): Promise<MeterInstance> {
  const instance = await startMeter(database);
  open.push(instance);
  return instance;
}

async function stop(instance: MeterInstance): Promise<void> {
  open = open.filter((other) => other !== instance);
  await instance.module.close();
}

beforeEach(async () => {
  database = await createDatabase();
  open = [];
  one = await start();
  await storeOrganization(one);
});
afterEach(async () => {
  for (const instance of open) await stop(instance);
  await database.remove();
});

const change = (sql: string, values?: (string | number)[]) => changeIn(one, sql, values);
const makeKey = (id?: string) => storeKey(one, id);

const reading = () => one.module.get(DataSource).manager;
const storedRows = () => reading().find(KeyUsage, { order: { day: 'ASC', keyId: 'ASC' } });
const keyRow = (id: string) => reading().findOneByOrFail(ApiKey, { id });
const lastUseOf = async (id: string) => {
  const { lastUsedAt, lastAddress, lastUserAgent } = await keyRow(id);
  return { lastUsedAt, lastAddress, lastUserAgent };
};

describe('counted usage', () => {
  it('is stored once by the next flush', async () => {
    const id = await makeKey();
    one.usage.countRequest(id, HERE, NOON);
    one.usage.countRequest(id, { address: '::1', userAgent: undefined }, NOON + 1);
    one.usage.countRefusal(id, NOON + 2);
    one.usage.countPoints(id, 1000, NOON + 3);
    expect(await storedRows()).toEqual([]);

    await one.usage.flush(NOON);
    await one.usage.flush(NOON);

    expect(await storedRows()).toEqual([{ day: TODAY, keyId: id, requests: 2, refusals: 1, points: 1000 }]);
    expect(await lastUseOf(id)).toEqual({ lastUsedAt: NOON + 1, lastAddress: '::1', lastUserAgent: null });
  });

  it('belongs to the UTC day of the request', async () => {
    const id = await makeKey();
    const midnight = (TODAY + 1) * DAY;
    one.usage.countRequest(id, HERE, midnight - 1);
    one.usage.countRequest(id, HERE, midnight);
    one.usage.countRefusal(id, midnight);
    // The clock moves back.
    one.usage.countRequest(id, HERE, midnight - 2);
    await one.usage.flush(midnight);
    expect(await storedRows()).toEqual([
      { day: TODAY, keyId: id, requests: 2, refusals: 0, points: 0 },
      { day: TODAY + 1, keyId: id, requests: 1, refusals: 1, points: 0 },
    ]);
  });

  it('is added to the counts of other instances', async () => {
    const id = await makeKey();
    const other = await start();
    for (const { usage } of [one, other]) {
      for (let count = 0; count < 5; count++) usage.countRequest(id, HERE, NOON);
    }
    const flushes = [one, other].map(
      ({ usage }) =>
        () =>
          usage.flush(NOON),
    );
    // Two writers of one SQLite file in one process would deadlock.
    if (ON_POSTGRES) await Promise.all(flushes.map((flush) => flush()));
    else for (const flush of flushes) await flush();
    expect(await storedRows()).toEqual([{ day: TODAY, keyId: id, requests: 10, refusals: 0, points: 0 }]);
  });

  it('is stored completely for many keys, in any order', async () => {
    const ids = Array.from({ length: 12_001 }, (_, index) => ((index * 7919) % 12_001).toString(16).padStart(24, '0'));
    const known = await makeKey(ids[5]);
    ids.forEach((id, index) => one.usage.countPoints(id, index, NOON));
    one.usage.countRequest(known, HERE, NOON);
    await one.usage.flush(NOON);
    const stored = new Map((await storedRows()).map(({ keyId, points }) => [keyId, points]));
    expect(stored.size).toBe(ids.length);
    expect(ids.filter((id, index) => stored.get(id) !== index)).toEqual([]);
    expect((await keyRow(known)).lastUsedAt).toBe(NOON);
  });

  it('is stored at shutdown', async () => {
    const id = await makeKey();
    const other = await start();
    other.usage.countRequest(id, HERE, NOON);
    await stop(other);
    expect(other.logs).toEqual([]);
    expect(await storedRows()).toEqual([{ day: TODAY, keyId: id, requests: 1, refusals: 0, points: 0 }]);
  });
});

describe('the last use', () => {
  it('only moves forward', async () => {
    const id = await makeKey();
    for (const [at, expected] of [
      [NOON + 2000, NOON + 2000],
      [NOON + 1000, NOON + 2000],
      [NOON + 3000, NOON + 3000],
    ] as const) {
      one.usage.countRequest(id, { ...HERE, userAgent: String(at) }, at);
      await one.usage.flush(NOON);
      expect(await lastUseOf(id)).toEqual({ ...lastUse(expected), lastUserAgent: String(expected) });
    }
  });

  it('is not set by refused requests or ingested points', async () => {
    const id = await makeKey();
    one.usage.countRefusal(id, NOON);
    one.usage.countPoints(id, 1, NOON);
    await one.usage.flush(NOON);
    expect(await lastUseOf(id)).toEqual({ lastUsedAt: null, lastAddress: null, lastUserAgent: null });
    expect((await one.usage.use(id, 1, NOON)).lastUsedAt).toBeNull();
  });

  it.each([
    ['cut to 200 characters', 'a'.repeat(300), 'a'.repeat(200)],
    ['kept without U+0000', 'a\0b', 'ab'],
    ['kept in Latin-1', 'caf\xe9', 'caf\xe9'],
    ['nothing where it is empty', '', null],
  ])('has the user agent %s', async (_what, userAgent, stored) => {
    const id = await makeKey();
    one.usage.countRequest(id, { address: `fe80::1%${'x'.repeat(60)}`, userAgent }, NOON);
    const shown = await one.usage.use(id, 1, NOON);
    await one.usage.flush(NOON);
    const expected = { ...lastUse(NOON), lastAddress: `fe80::1%${'x'.repeat(37)}`, lastUserAgent: stored };
    expect(shown).toMatchObject(expected);
    expect(await lastUseOf(id)).toEqual(expected);
  });
});

const lastUse = (lastUsedAt: number) => ({ lastUsedAt, lastAddress: HERE.address, lastUserAgent: HERE.userAgent });

describe('usage that cannot be written', () => {
  it('is logged, kept, and written once when the database recovers', async () => {
    const id = await makeKey();
    one.usage.countRequest(id, HERE, NOON);
    await change('ALTER TABLE key_usage RENAME TO away');
    await one.usage.flush(NOON);
    expect(one.logs.filter((line) => line.includes('The usage of 1 keys could not be written yet'))).toHaveLength(1);
    expect((await keyRow(id)).lastUsedAt).toBeNull();

    one.usage.countRequest(id, HERE, NOON + 5);
    await change('ALTER TABLE away RENAME TO key_usage');
    await one.usage.flush(NOON);
    expect(await storedRows()).toEqual([{ day: TODAY, keyId: id, requests: 2, refusals: 0, points: 0 }]);
    expect((await keyRow(id)).lastUsedAt).toBe(NOON + 5);
  });

  it('does not block the usage of other keys', async () => {
    await change('CREATE UNIQUE INDEX one_seven ON key_usage (points) WHERE points = 7');
    const slice = ON_POSTGRES ? 1000 : 250;
    const ids = Array.from({ length: slice + 350 }, (_, index) => index.toString(16).padStart(24, '0'));
    ids.forEach((id, index) => one.usage.countPoints(id, index < 2 ? 7 : 1, NOON));
    await one.usage.flush(NOON);
    expect((await storedRows()).map(({ keyId }) => keyId)).toEqual(ids.slice(slice));

    await change('DROP INDEX one_seven');
    await one.usage.flush(NOON);
    expect((await storedRows()).map(({ points }) => points)).toEqual([7, 7, ...Array<number>(slice + 348).fill(1)]);
  });
});

it('removes usage after 90 days, once a day', async () => {
  const add = (day: number, count: number) => {
    for (let index = 0; index < count; index++) one.usage.countRefusal(String(index).padStart(24, '0'), day * DAY);
    return one.usage.flush(day * DAY);
  };
  await add(TODAY - 91, 2345);
  await add(TODAY - 90, 2);
  await add(TODAY, 1);
  const counted = async () => (await storedRows()).map(({ day }) => day);
  expect(await counted()).toEqual([TODAY - 90, TODAY - 90, TODAY]);
  await change('INSERT INTO key_usage VALUES (1, ?, 1, 1, 1)', ['b'.repeat(24)]);
  await one.usage.flush(NOON);
  expect(await counted()).toHaveLength(4);
  await one.usage.flush(NOON + DAY);
  expect(await counted()).toEqual([TODAY]);
});

describe('the usage of a key', () => {
  it('covers every requested day, including what is not stored yet', async () => {
    const id = await makeKey();
    one.usage.countRequest(id, HERE, NOON - 3 * DAY);
    one.usage.countRequest(id, HERE, NOON - 2 * DAY);
    await one.usage.flush(NOON);
    one.usage.countRequest(id, HERE, NOON);
    one.usage.countRefusal(id, NOON);
    one.usage.countPoints(await makeKey(), 5, NOON);
    const none = { refusals: 0, points: 0 };
    expect(await one.usage.use(id, 3, NOON)).toEqual({
      days: [
        { day: TODAY - 2, requests: 1, ...none },
        { day: TODAY - 1, requests: 0, ...none },
        { day: TODAY, requests: 1, refusals: 1, points: 0 },
      ],
      ...lastUse(NOON),
    });
  });

  it('is correct at every moment of a flush', async () => {
    const ids = Array.from({ length: 2000 }, (_, index) => index.toString(16).padStart(24, '0'));
    const watched = ids.filter((_, index) => index % 400 === 0);
    for (let round = 1; round <= 5; round++) {
      for (const id of ids) one.usage.countRequest(id, HERE, NOON);
      let done = false;
      const flush = one.usage.flush(NOON).then(() => (done = true));
      while (!done) {
        const uses = await Promise.all(watched.map((id) => one.usage.use(id, 1, NOON)));
        expect(uses.map(({ days }) => days[0]?.requests)).toEqual(watched.map(() => round));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await flush;
    }
  });
});
