// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { makeBucket, makeKey } from '../support/make';
import { refused, seen, UNAUTHORIZED } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const ELSEWHERE = refused(403, 'Forbidden', 'API key is not allowed from this address');
const EVERYWHERE = ['0.0.0.0/0', '::/0'];
const LAN = '192.0.2.0/24';

/** A server with one bucket. */
interface Place {
  readonly server: TestApp;
  readonly bucketId: string;
}

const places: Place[] = [];
async function open(environment: Record<string, string> = {}): Promise<Place> {
  const server = await startApp(environment);
  const place = { server, bucketId: await makeBucket(server) };
  places.push(place);
  return place;
}

let direct: Place;
let behind: Place;
beforeAll(async () => {
  direct = await open();
  behind = await open({ DAKKIO_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, 2001:db8:ffff::/48' });
});
afterAll(() => Promise.all(places.map(({ server }) => server.stop())));

const self = ({ server }: Place, key: string, forwarded?: string) =>
  server.call('GET', '/api/keys/self', { key, ...(forwarded && { headers: { 'X-Forwarded-For': forwarded } }) });
const keyFor = ({ server, bucketId }: Place, allowedIps: readonly string[], more: object = {}) =>
  makeKey(server, bucketId, 'read', { allowedIps, ...more });
const patch = ({ server, bucketId }: Place, { _id }: { _id: string }, body: object) =>
  server.call('PATCH', `/api/buckets/${bucketId}/keys/${_id}`, { key: server.adminKey, body });

describe('without a trusted proxy', () => {
  it.each([
    ['its own address', ['127.0.0.1'], 200],
    ['a range around it', ['127.0.0.0/8'], 200],
    ['one of several ranges', [LAN, '::/0', '127.0.0.1/32'], 200],
    ['another address', ['127.0.0.2'], 403],
    ['every address of the other family', ['::/0'], 403],
  ])('a key for %s: the address of the connection counts', async (_what, allowedIps, status) => {
    const { key } = await keyFor(direct, allowedIps);
    expect((await self(direct, key)).status).toBe(status);
  });

  it('names the reason, but not the allowed addresses', async () => {
    const { key } = await keyFor(direct, [LAN]);
    expect(seen(await self(direct, key))).toEqual(ELSEWHERE);
  });

  it('ignores X-Forwarded-For', async () => {
    const [lan, here] = [await keyFor(direct, [LAN]), await keyFor(direct, ['127.0.0.1'])];
    expect(seen(await self(direct, lan.key, '192.0.2.7'))).toEqual(ELSEWHERE);
    expect((await self(direct, here.key, '192.0.2.7')).status).toBe(200);
  });

  it('treats IPv4 over an IPv6 socket as IPv4', async () => {
    const dual = await open({ HOST: '::' });
    const four = await keyFor(dual, ['127.0.0.1']);
    const six = await keyFor(dual, ['::1']);
    const overSix = (key: string) =>
      fetch(`http://[::1]:${dual.server.port}/api/keys/self`, { headers: { 'X-API-Key': key } });
    expect((await self(dual, four.key)).status).toBe(200);
    expect((await self(dual, six.key)).status).toBe(403);
    expect((await overSix(four.key)).status).toBe(403);
    expect((await overSix(six.key)).status).toBe(200);
  });
});

describe('behind trusted proxies', () => {
  it.each([
    [LAN, '192.0.2.0', 200],
    [LAN, '192.0.2.255', 200],
    [LAN, '192.0.3.0', 403],
    [LAN, '192.0.1.255', 403],
    ['192.0.2.128/25', '192.0.2.127', 403],
    ['192.0.2.7', '192.0.2.7', 200],
    ['192.0.2.7', '192.0.2.70', 403],
    ['0.0.0.0/0', '203.0.113.9', 200],
    ['0.0.0.0/0', '2001:db8::1', 403],
    ['2001:db8::/32', '2001:db8:1::7', 200],
    ['2001:db8::/32', '2001:DB8:0:0:0:0:0:1', 200],
    ['2001:db8::/32', '2001:db9::', 403],
    ['2001:db8::/33', '2001:db8:8000::', 403],
    ['::1', '0:0:0:0:0:0:0:1', 200],
    ['::/0', '192.0.2.7', 403],
    [LAN, '::ffff:192.0.2.7', 200],
    [LAN, '::ffff:c000:207', 200],
    ['::/0', '::ffff:192.0.2.7', 403],
    [LAN, '::FFFF:192.0.2.7', 200],
    [LAN, '192.0.2.7:51234', 200],
    [LAN, '[::FFFF:192.0.2.7]:51234', 200],
    ['2001:db8::/32', '[2001:db8::1]:443', 200],
    ['2001:db8::/32', '[2001:DB8::1]', 200],
    ['2001:db8::/32', '[2001:db9::1]:443', 403],
  ])('a key for %s that comes from %s gets %i', async (rule, client, status) => {
    const { key } = await keyFor(behind, [rule]);
    expect((await self(behind, key, client)).status).toBe(status);
  });

  it.each([
    ['no header: the proxy itself', undefined, ['127.0.0.1'], 200],
    ['a client behind two hops', '192.0.2.7, 10.1.2.3', [LAN], 200],
    ['a client behind hops of both families', '192.0.2.7, 2001:db8:ffff::1, 10.0.0.1', [LAN], 200],
    ['a lie that an unknown hop passed on', '192.0.2.7, 203.0.113.5', [LAN], 403],
    ['the unknown hop itself', '192.0.2.7, 203.0.113.5', ['203.0.113.5'], 200],
    ['a lie in front of the client', '192.0.2.7, 203.0.113.5, 10.1.2.3', [LAN], 403],
    ['a client behind hops with ports', '192.0.2.7:5000, [2001:DB8:FFFF::1]:80, 10.0.0.1:8080', [LAN], 200],
    ['a lie that an unknown hop with a port passed on', '192.0.2.7, 203.0.113.5:80', [LAN], 403],
    ['empty items between hops', '192.0.2.7, ,10.1.2.3,', [LAN], 200],
    ['an empty header: the proxy itself', ' ', ['127.0.0.1'], 200],
    ['trusted hops alone: the first of them', '10.9.9.9, 10.1.2.3', ['10.9.9.9'], 200],
  ])('%s', async (_what, forwarded, allowedIps, status) => {
    const { key } = await keyFor(behind, allowedIps);
    expect((await self(behind, key, forwarded)).status).toBe(status);
  });

  it.each([
    'unknown',
    'localhost',
    '192.0.2.7:http',
    '[192.0.2.7',
    '192.0.2',
    '192.0.2.7, unknown',
    '_hidden, 10.0.0.1',
    '1.2.3.4.5',
  ])('never allows an invalid address: %s', async (forwarded) => {
    const { key } = await keyFor(behind, EVERYWHERE);
    expect(seen(await self(behind, key, forwarded))).toEqual(ELSEWHERE);
  });

  it.each([
    ['203.0.113.5:51234', '203.0.113.5'],
    ['[2001:DB8:0::1]:443', '2001:db8::1'],
    ['::FFFF:203.0.113.6', '203.0.113.6'],
  ])('records %s as %s', async (forwarded, address) => {
    const { server } = behind;
    const headers = { 'X-Forwarded-For': forwarded };
    const name = `from ${address}`;
    await server.call('POST', '/api/buckets', { key: server.adminKey, headers, body: { name } });
    const { body } = await server.call('GET', '/api/audit?action=bucket.created', { key: server.adminKey });
    const events = body.auditEvents as { target: { name: string }; address: string }[];
    expect(events.find(({ target }) => target.name === name)?.address).toBe(address);
  });

  it('trusts X-Forwarded-For only from a trusted proxy', async () => {
    const far = await open({ DAKKIO_TRUSTED_PROXIES: '10.0.0.0/8' });
    const { key } = await keyFor(far, [LAN]);
    expect(seen(await self(far, key, '192.0.2.7'))).toEqual(ELSEWHERE);
  });
});

describe('a key from another address', () => {
  const HELD = { rateLimit: { limit: 1, windowSeconds: 3600 }, quota: { limit: 1, per: 'day' } };

  it('does not use its rate limit or quota, so that a thief cannot exhaust them', async () => {
    const made = await keyFor(behind, [LAN], HELD);
    for (let i = 0; i < 3; i++) {
      const answer = await self(behind, made.key, '203.0.113.5');
      expect(seen(answer)).toEqual(ELSEWHERE);
      expect([...answer.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    }
    expect((await self(behind, made.key, '192.0.2.7')).status).toBe(200);
    expect((await self(behind, made.key, '192.0.2.7')).status).toBe(429);
    expect(seen(await self(behind, made.key, '203.0.113.5'))).toEqual(ELSEWHERE);
  });

  it('is rejected before its type is checked, and after its revocation is checked', async () => {
    const made = await keyFor(direct, [LAN]);
    const { server, bucketId } = direct;
    expect(seen(await server.call('DELETE', `/api/buckets/${bucketId}`, { key: made.key }))).toEqual(ELSEWHERE);
    await patch(direct, made, { enabled: false });
    expect(seen(await self(direct, made.key))).toEqual(UNAUTHORIZED);
  });

  it('may be an Admin key', async () => {
    const { server } = behind;
    const body = { name: 'Office', type: 'admin', allowedIps: [LAN] };
    const { key } = (await server.call('POST', '/api/keys', { key: server.adminKey, body })).body.apiKey as {
      key: string;
    };
    const list = (forwarded: string) =>
      server.call('GET', '/api/buckets', { key, headers: { 'X-Forwarded-For': forwarded } });
    expect(seen(await list('203.0.113.5'))).toEqual(ELSEWHERE);
    expect((await list('192.0.2.7')).status).toBe(200);
  });
});

it('restricts a key to new addresses immediately after the change', async () => {
  const made = await keyFor(direct, ['127.0.0.1']);
  const statuses: number[] = [];
  for (const allowedIps of [[LAN], ['127.0.0.1', LAN], ['127.0.0.2'], null, ['::1'], []]) {
    expect((await patch(direct, made, { allowedIps })).status).toBe(200);
    statuses.push((await self(direct, made.key)).status);
  }
  expect(statuses).toEqual([403, 200, 403, 200, 403, 200]);
});
