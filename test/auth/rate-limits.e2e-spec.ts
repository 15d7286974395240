import { clock, holdClock, waitForRetryAfter, pass, quota, rate, secondsOf, rateHeadersOf } from '../support/limits';
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { RawConnection, rawRequest } from '../support/raw';
import { ABSENT_ID, seen, UNAUTHORIZED } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const places: { server: TestApp; bucketId: string }[] = [];
async function open(environment: Record<string, string> = {}) {
  const server = await startApp(environment);
  const place = { server, bucketId: await makeBucket(server) };
  places.push(place);
  return place;
}
type Place = Awaited<ReturnType<typeof open>>;

let here: Place;
beforeAll(async () => {
  here = await open();
});
beforeEach(holdClock);
afterEach(() => jest.restoreAllMocks());
afterAll(() => Promise.all(places.map(({ server }) => server.stop())));

const keyWith = (bounds: object, { server, bucketId } = here) => makeKey(server, bucketId, 'read', bounds);
const self = ({ key }: { key: string }, { server } = here, headers = {}) =>
  server.call('GET', '/api/keys/self', { key, headers });

const NOTHING = [null, null, null, null, null];

describe('a key with a rate limit', () => {
  it('gets the state of the limit in each response', async () => {
    const key = await keyWith(rate(3, 60));
    for (const [left, full] of [
      [2, 20],
      [1, 40],
      [0, 60],
    ]) {
      const reset = secondsOf(clock.date + Number(full) * 1000);
      expect(rateHeadersOf(await self(key))).toEqual([
        '"rate";q=3;w=60',
        `"rate";r=${left};t=${full}`,
        '3',
        String(left),
        reset,
      ]);
    }
    const refusal = await self(key);
    expect(rateHeadersOf(refusal)).toEqual([
      '"rate";q=3;w=60',
      '"rate";r=0;t=20',
      '3',
      '0',
      secondsOf(clock.date + 20_000),
    ]);
    expect(refusal.headers.get('retry-after')).toBe('20');
  });

  it('gets it in errors and in responses that are not JSON', async () => {
    const { server, bucketId } = here;
    const body = { name: 'Limited', type: 'admin', ...rate(100, 60) };
    const { key } = (await server.call('POST', '/api/keys', { key: server.adminKey, body })).body.apiKey as MadeKey;
    const keys = `/api/buckets/${bucketId}/keys`;
    const many = { keys: [{ name: 'x', type: 'read' }] };
    const answers = [
      await server.call('GET', `/api/buckets/${ABSENT_ID}`, { key }),
      await server.call('POST', keys, { key, body: {} }),
      await server.call('POST', keys, { key, body: '{ not json' }),
      await server.call('GET', `${keys}?limit=0`, { key }),
      await server.call('POST', keys, { key, body: 'x', headers: { 'Content-Type': 'text/plain' } }),
      await server.call('POST', `${keys}/bulk`, { key, body: many, headers: { Accept: 'text/csv' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400, 400, 415, 201]);
    expect(answers.map((answer) => rateHeadersOf(answer)[3])).toEqual(['99', '98', '97', '96', '95', '94']);

    const connection = await RawConnection.open(server.port);
    const lines = [`X-API-Key: ${key}`, 'Content-Type: application/json', 'Content-Length: 10485760'];
    await connection.send(rawRequest(`POST ${keys}`, lines));
    const { status, headers } = await connection.next();
    connection.destroy();
    expect([status, headers['x-ratelimit-remaining']]).toEqual([413, '93']);
  });

  it('is accepted again after Retry-After, and not before, after any number of requests', async () => {
    const key = await keyWith(rate(2, 10));
    const statuses = async (count: number) => {
      const answers: number[] = [];
      while (answers.length < count) answers.push((await self(key)).status);
      return answers;
    };
    expect(await statuses(9)).toEqual([200, 200, ...Array<number>(7).fill(429)]);
    pass(4999);
    const early = await self(key);
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '1']);
    pass(1);
    expect(await statuses(2)).toEqual([200, 429]);
    waitForRetryAfter(await self(key));
    expect(await statuses(2)).toEqual([200, 429]);
    pass(60_000);
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  it('is rate limited before its type is checked, but not after it is revoked', async () => {
    const { server, bucketId } = here;
    const key = await keyWith(rate(1, 60));
    const wrongType = () => server.call('GET', '/api/buckets', { key: key.key });
    const forbidden = await wrongType();
    expect([forbidden.status, rateHeadersOf(forbidden)[3]]).toEqual([403, '0']);
    expect((await wrongType()).status).toBe(429);
    await server.call('PATCH', `/api/buckets/${bucketId}/keys/${key._id}`, {
      key: server.adminKey,
      body: { enabled: false },
    });
    const dead = await wrongType();
    expect([seen(dead), rateHeadersOf(dead)]).toEqual([UNAUTHORIZED, NOTHING]);
  });

  it('gets a changed limit immediately', async () => {
    const { server, bucketId } = here;
    const path = `/api/buckets/${bucketId}/keys/`;
    const key = await keyWith(rate(1, 3600));
    const after = async (body: object) => {
      await server.call('PATCH', path + key._id, { key: server.adminKey, body });
      const answer = await self(key);
      return [answer.status, rateHeadersOf(answer)[0], answer.headers.get('retry-after')];
    };
    expect(await after({})).toEqual([200, '"rate";q=1;w=3600', null]);
    expect(await after({ name: 'Renamed' })).toEqual([429, '"rate";q=1;w=3600', '3600']);
    expect(await after(rate(60, 3600))).toEqual([429, '"rate";q=60;w=3600', '60']);
    expect(await after(rate(1, 10))).toEqual([429, '"rate";q=1;w=10', '10']);
    pass(9999);
    expect(await after({})).toEqual([429, '"rate";q=1;w=10', '1']);
    pass(1);
    expect(await after({})).toEqual([200, '"rate";q=1;w=10', null]);
    expect(await after({ rateLimit: null })).toEqual([200, null, null]);
  });
});

it('sends no limits for keys without one, public routes and invalid keys', async () => {
  const limited = await keyWith(rate(5, 60));
  const free = await keyWith({});
  const { call } = here.server;
  const answers = [
    await self(free),
    await call('GET', '/api/buckets', { key: free.key }),
    await call('GET', '/api/keys/self'),
    await call('GET', '/health/live', { key: limited.key }),
    await call('GET', '/api/nope', { key: limited.key }),
    await call('PUT', '/api/keys/self', { key: limited.key }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 403, 401, 200, 404, 405]);
  for (const answer of answers) expect(rateHeadersOf(answer)).toEqual(NOTHING);
  expect(rateHeadersOf(await self(limited))[3]).toBe('4');
});

it('applies the limit of the key type to keys without their own', async () => {
  const place = await open({
    DAKKIO_RATE_LIMIT_ADMIN: '1000/60',
    DAKKIO_RATE_LIMIT_WRITE: '2/10',
    DAKKIO_RATE_LIMIT_READ: '7/20',
  });
  const { server, bucketId } = place;
  const policy = async (key: string) => rateHeadersOf(await self({ key }, place))[0];
  const write = (await makeKey(server, bucketId, 'write')).key;
  expect(await policy(server.adminKey)).toBe('"rate";q=1000;w=60');
  expect(await policy(write)).toBe('"rate";q=2;w=10');
  expect(await policy((await keyWith({}, place)).key)).toBe('"rate";q=7;w=20');
  expect(await policy((await keyWith(rate(3, 30), place)).key)).toBe('"rate";q=3;w=30');
  expect(await policy((await keyWith(quota(9, 'day'), place)).key)).toBe('"rate";q=7;w=20, "quota";q=9;w=86400');
  await policy(write);
  waitForRetryAfter(await self({ key: write }, place));
  expect((await self({ key: write }, place)).status).toBe(200);
});

describe('an address that sends more bad keys than DAKKIO_FAILED_AUTH_PER_MINUTE', () => {
  it('is rate limited, while a valid key from the same address is accepted', async () => {
    const place = await open({ DAKKIO_FAILED_AUTH_PER_MINUTE: '3', DAKKIO_TRUSTED_PROXIES: '127.0.0.1' });
    const good = await keyWith({}, place);
    const from = (address: string, key = 'bad') => self({ key }, place, { 'X-Forwarded-For': address });
    const bad: number[] = [];
    for (let i = 0; i < 6; i++) {
      bad.push((await from('192.0.2.7')).status);
      expect((await from('192.0.2.7', good.key)).status).toBe(200);
    }
    expect(bad).toEqual([401, 401, 401, 429, 429, 429]);
    const others = ['192.0.2.8', '2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4', '2001:db8:0:1::1'];
    const statuses: number[] = [];
    for (const address of others) statuses.push((await from(address)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 401]);
    const refusal = await from('192.0.2.7');
    expect(rateHeadersOf(refusal)).toEqual(NOTHING);
    waitForRetryAfter(refusal);
    expect(seen(await from('192.0.2.7'))).toEqual(UNAUTHORIZED);
    expect((await from('192.0.2.7')).status).toBe(429);
  });
});
