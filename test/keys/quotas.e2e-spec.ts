// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import {
  clock,
  holdClock,
  HOUR,
  MIDNIGHT,
  waitForRetryAfter,
  pass,
  quota,
  rate,
  secondsOf,
  rateHeadersOf,
} from '../support/limits';
import { makeBucket, makeKey } from '../support/make';
import { createDatabase, startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
beforeEach(holdClock);
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const keyWith = (bounds: object) => makeKey(server, bucketId, 'read', bounds);
const self = ({ key }: { key: string }, { call } = server) => call('GET', '/api/keys/self', { key });

describe('two hundred requests at once', () => {
  it.each([
    ['a rate limit of 50', rate(50, 86_400), 50],
    ['a quota of 50 a day', quota(50, 'day'), 50],
    ['a quota of 50 a month', quota(50, 'month'), 50],
    ['a rate limit of 50 and a quota of 30', { ...rate(50, 86_400), ...quota(30, 'day') }, 30],
    ['a rate limit of 30 and a quota of 50', { ...rate(30, 86_400), ...quota(50, 'day') }, 30],
  ])('%s admits exactly the limit', async (_what, bounds, most) => {
    const key = await keyWith(bounds);
    const answers = await Promise.all(Array.from({ length: 200 }, () => self(key)));
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(200), count(429)]).toEqual([most, 200 - most]);
    const left = answers.filter(({ status }) => status === 200).map((answer) => Number(rateHeadersOf(answer)[3]));
    expect(new Set(left)).toEqual(new Set(Array.from({ length: most }, (_, index) => index)));
  });
});

describe('a key with a quota', () => {
  it('gets its remaining quota, and is limited until midnight UTC', async () => {
    const key = await keyWith(quota(2, 'day'));
    const reset = secondsOf(MIDNIGHT);
    for (const left of ['1', '0'])
      expect(rateHeadersOf(await self(key))).toEqual([
        '"quota";q=2;w=86400',
        `"quota";r=${left};t=3600`,
        '2',
        left,
        reset,
      ]);
    const refusal = await self(key);
    expect(rateHeadersOf(refusal)).toEqual(['"quota";q=2;w=86400', '"quota";r=0;t=3600', '2', '0', reset]);
    pass(HOUR - 1);
    const late = await self(key);
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    pass(1);
    expect([(await self(key)).status, (await self(key)).status]).toEqual([200, 200]);
    waitForRetryAfter(await self(key));
    expect(clock.date).toBe(MIDNIGHT + 24 * HOUR);
    expect((await self(key)).status).toBe(200);
  });

  it('is limited until the first day of the next month', async () => {
    const key = await keyWith(quota(1, 'month'));
    expect(rateHeadersOf(await self(key))[0]).toBe('"quota";q=1;w=2678400');
    waitForRetryAfter(await self(key));
    expect(clock.date).toBe(MIDNIGHT);
    expect(rateHeadersOf(await self(key))[0]).toBe('"quota";q=1;w=2419200');
    pass(27 * 24 * HOUR);
    waitForRetryAfter(await self(key));
    expect(clock.date).toBe(Date.UTC(2030, 2, 1));
    expect((await self(key)).status).toBe(200);
  });

  it('counts requests from before a restart', async () => {
    const database = await createDatabase();
    const first = await startApp({}, database);
    const bucket = await makeBucket(first);
    const made = await Promise.all(
      (['day', 'month'] as const).map((per) => makeKey(first, bucket, 'read', quota(3, per))),
    );
    for (const key of made) for (let i = 0; i < 2; i++) await self(key, first);
    await first.stop();
    const second = await startApp({}, database);
    for (const key of made) {
      const answers = [await self(key, second), await self(key, second)];
      expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    }
    await second.stop();
    await database.remove();
  });

  it('and a rate limit gets both, and the time at which both admit it again', async () => {
    const key = await keyWith({ ...rate(1, 3600), ...quota(1, 'day') });
    clock.date -= HOUR;
    expect(rateHeadersOf(await self(key))[1]).toBe('"rate";r=0;t=3600, "quota";r=0;t=7200');
    pass(1.5 * HOUR);
    waitForRetryAfter(await self(key));
    expect((await self(key)).status).toBe(200);
  });
});
