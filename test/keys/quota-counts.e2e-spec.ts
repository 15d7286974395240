import type { QuotaCount } from '../../src/auth/key-meter';
import { createDatabase, type TestDatabase } from '../support/test-app';
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

describe('a quota', () => {
  const DAILY = { limit: 100, per: 'day' } as const;
  const MONTHLY = { limit: 100, per: 'month' } as const;
  const END_OF_DAY = (TODAY + 1) * DAY;
  const END_OF_MONTH = Date.UTC(2026, 11);
  const seen = ({ used, resetsAt }: QuotaCount) => ({ used, resetsAt });
  const count = async (id: string, quota: typeof DAILY | typeof MONTHLY, now: number) =>
    seen(await one.usage.quotaCount(id, quota, now));

  it('counts only the requests of the current day or month', async () => {
    const id = await makeKey();
    const counted = [Date.UTC(2026, 10) - 1, Date.UTC(2026, 10), NOON - DAY, NOON, NOON];
    for (const at of counted.slice(0, 4)) {
      one.usage.countRequest(id, HERE, at);
      await one.usage.flush(NOON);
    }
    one.usage.countRequest(id, HERE, NOON);
    one.usage.countRefusal(id, NOON);
    expect(await count(id, DAILY, NOON)).toEqual({ used: 2, resetsAt: END_OF_DAY });
    expect(await count(id, MONTHLY, NOON)).toEqual({ used: 4, resetsAt: END_OF_MONTH });
  });

  it('reads the database once for concurrent requests, and then answers from memory', async () => {
    const id = await makeKey();
    const first = one.usage.quotaCount(id, DAILY, NOON);
    expect(first).toBeInstanceOf(Promise);
    expect(one.usage.quotaCount(id, DAILY, NOON)).toBe(first);
    await first;
    one.usage.countRequest(id, HERE, NOON);
    expect(seen(one.usage.quotaCount(id, DAILY, NOON + 59_999) as QuotaCount)).toEqual({
      used: 1,
      resetsAt: END_OF_DAY,
    });
  });

  it('resets with the day', async () => {
    const id = await makeKey();
    await one.usage.quotaCount(id, DAILY, END_OF_DAY - 1);
    one.usage.countRequest(id, HERE, END_OF_DAY - 1);
    expect(await count(id, DAILY, END_OF_DAY - 1)).toEqual({ used: 1, resetsAt: END_OF_DAY });
    expect(await count(id, DAILY, END_OF_DAY)).toEqual({ used: 0, resetsAt: END_OF_DAY + DAY });
    expect(await count(id, MONTHLY, END_OF_DAY)).toEqual({ used: 1, resetsAt: END_OF_MONTH });
  });

  it('includes what another instance has stored, after a minute', async () => {
    const id = await makeKey();
    const other = await start();
    expect((await count(id, DAILY, NOON)).used).toBe(0);
    for (let requests = 0; requests < 3; requests++) other.usage.countRequest(id, HERE, NOON);
    await other.usage.flush(NOON);
    expect((await count(id, DAILY, NOON + 59_999)).used).toBe(0);
    expect((await count(id, DAILY, NOON + 60_000)).used).toBe(3);
  });

  it('never decreases within its period', async () => {
    const id = await makeKey();
    one.usage.countRequest(id, HERE, NOON);
    await one.usage.flush(NOON);
    expect((await count(id, DAILY, NOON)).used).toBe(1);
    await change('DELETE FROM key_usage');
    expect((await count(id, DAILY, NOON + 60_000)).used).toBe(1);
  });

  it('is exact on one instance under concurrent writes and reads', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => makeKey()));
    let now = NOON;
    const flushes = [];
    for (let requests = 1; requests <= 120; requests++) {
      for (const id of ids) one.usage.countRequest(id, HERE, NOON);
      if (requests % 3 === 0) flushes.push(one.usage.flush(NOON));
      if (requests % 10 === 0) await flushes.at(-1);
      now += 60_000;
      // Each of these reads the database again.
      const counts = await Promise.all(ids.map((id) => count(id, DAILY, now)));
      expect(counts.map(({ used }) => used)).toEqual([requests, requests, requests]);
    }
    await Promise.all(flushes);
  });
});
