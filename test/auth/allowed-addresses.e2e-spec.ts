// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { makeBucket, makeKey } from '../support/make';
import { seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const self = (key: string) => server.call('GET', '/api/keys/self', { key });
const keyFor = (allowedIps: readonly string[]) => makeKey(server, bucketId, 'read', { allowedIps });
const patch = ({ _id }: { _id: string }, body: object) =>
  server.call('PATCH', `/api/buckets/${bucketId}/keys/${_id}`, { key: server.adminKey, body });

describe('allowed addresses', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `192.0.2.${i}`);

  it('can be up to 32', async () => {
    const { key } = await keyFor([...many(31), '127.0.0.1']);
    expect((await self(key)).status).toBe(200);
  });

  const noList = 'allowedIps must be a list of up to 32 IP addresses and CIDR ranges';
  const neither = 'allowedIps must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8';
  const bits = 'A CIDR range must begin with its first address';
  const mapped = 'IPv4 addresses must not be written inside IPv6';
  it.each<[what: string, allowedIps: unknown, message: string, index: number | null]>([
    ['no list', '127.0.0.1', noList, null],
    ['an object', { 0: '127.0.0.1' }, noList, null],
    ['33 of them', many(33), noList, null],
    ['a number', [127], neither, 0],
    ['null in the list', [null], neither, 0],
    ['an empty text', [''], neither, 0],
    ['a name', ['localhost'], neither, 0],
    ['a list in the list', [['127.0.0.1']], neither, 0],
    ['two in one text', ['127.0.0.1,127.0.0.2'], neither, 0],
    ['blanks', [' 127.0.0.1'], neither, 0],
    ['three numbers', ['127.0.1'], neither, 0],
    ['a leading zero', ['127.0.0.01'], neither, 0],
    ['hex', ['0x7f.0.0.1'], neither, 0],
    ['bits beyond the prefix', ['192.0.2.1/24'], bits, 0],
    ['IPv6 bits beyond the prefix', ['2001:db8::1/64'], bits, 0],
    ['a prefix of 33', ['192.0.2.0/33'], neither, 0],
    ['an IPv6 prefix of 129', ['::/129'], neither, 0],
    ['a prefix with a sign', ['0.0.0.0/+0'], neither, 0],
    ['no prefix after the slash', ['192.0.2.0/'], neither, 0],
    ['two prefixes', ['192.0.2.0/24/24'], neither, 0],
    ['a netmask', ['192.0.2.0/255.255.255.0'], neither, 0],
    ['IPv4 in IPv6', ['::ffff:192.0.2.1'], mapped, 0],
    ['a range of IPv4 in IPv6', ['::ffff:0:0/96'], mapped, 0],
    ['a zone', ['fe80::1%eth0'], neither, 0],
    ['one bad one after a good one', ['127.0.0.1', 'x'], neither, 1],
    ['a text of two hundred thousand characters', ['1'.repeat(200_000)], neither, 0],
  ])('rejects %s, and changes nothing', async (_what, allowedIps, message, index) => {
    const made = await keyFor(['127.0.0.1']);
    const list = async () =>
      (await server.call('GET', `/api/buckets/${bucketId}/keys`, { key: server.adminKey })).body as unknown;
    const before = await list();
    const body = { name: 'x', type: 'read', allowedIps };

    const answers = [
      await server.call('POST', `/api/buckets/${bucketId}/keys`, { key: server.adminKey, body }),
      await patch(made, { allowedIps }),
    ];

    const details = index === null ? {} : { details: [{ path: ['body', 'allowedIps', index], message }] };
    for (const answer of answers)
      expect(seen(answer)).toEqual({ status: 400, body: { error: 'Validation Error', message, ...details } });
    expect(await list()).toEqual(before);
  });
});
