// npm test leaves this out: large tables that are sealed again.
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const RETIRING = { retireOnFirstUse: true };

let database: TestDatabase;
let servers: [TestApp, TestApp];
let bucketId: string;
beforeAll(async () => {
  database = await createDatabase();
  const first = await startApp({}, database);
  // Several instances may share PostgreSQL. SQLite allows only one server.
  servers = [first, ON_POSTGRES ? await startApp({}, database) : first];
  bucketId = await makeBucket(first);
});
afterAll(async () => {
  for (const server of new Set(servers)) await server.stop();
  await database.remove();
});

const fresh = () => makeKey(servers[0], bucketId, 'write');
const use = ({ key }: { key: string }, by = servers[0]) =>
  by.call('GET', '/api/keys/self', { key }).then(({ status }) => status);
const rotateSelf = ({ key }: { key: string }, by = servers[0]) =>
  by.call('POST', '/api/keys/self/rotate', { key, body: RETIRING });
const asAdmin = (method: string, path: string, body?: object) => {
  const { adminKey } = servers[0];
  return servers[1].call(method, path, { key: adminKey, ...(body && { body }) });
};
const pathOf = ({ _id }: { _id: string }) => `/api/buckets/${bucketId}/keys/${_id}`;
const next = async (old: MadeKey) => (await rotateSelf(old)).body.apiKey as MadeKey;

it('a first use concurrent with a rotation of the old key: one of them takes effect, and a retired key stays invalid', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const old = await fresh();
    const made = await next(old);
    const [first, second] = round % 2 === 0 ? servers : [...servers].reverse();
    const [used, rotated] = await Promise.all([use(made, first), rotateSelf(old, second)]);
    seen.add(`${used} ${rotated.status}`);
    if (used === 200) {
      expect([401, 409]).toContain(rotated.status);
      expect([await use(made), await use(old)]).toEqual([200, 401]);
    } else {
      expect([used, rotated.status]).toEqual([401, 201]);
      const latest = rotated.body.apiKey as MadeKey;
      expect([await use(made), await use(old), await use(latest), await use(old)]).toEqual([401, 200, 200, 401]);
    }
  }
  expect(seen.size).toBeGreaterThan(0);
});

const changes: [string, (old: MadeKey, made: MadeKey) => Promise<{ status: number }>][] = [
  ['the old one is enabled and given a later end', (old) => asAdmin('PATCH', pathOf(old), LATER)],
  ['the old one is deleted', (old) => asAdmin('DELETE', pathOf(old))],
  ['the new one is deleted', (_old, made) => asAdmin('DELETE', pathOf(made))],
  ['the line is deleted', (old) => asAdmin('DELETE', `${pathOf(old)}?line=true`)],
  ['the new one is disabled', (_old, made) => asAdmin('PATCH', pathOf(made), { enabled: false })],
  ['an Admin rotates the new one', (_old, made) => asAdmin('POST', `${pathOf(made)}/rotate`, {})],
];
const LATER = { enabled: true, expiresAt: '2999-01-31T12:00:00Z' };

it.each(changes)('a first use while %s: both succeed, and the old key is invalid afterwards', async (_what, change) => {
  for (let round = 0; round < 6; round++) {
    const old = await fresh();
    const made = await next(old);
    const [used, { status }] = await Promise.all([use(made), change(old, made)]);
    expect([200, 401]).toContain(used);
    expect([200, 201, 409]).toContain(status);
    if (used === 200) expect(await use(old)).toBe(401);
  }
});

it('concurrent rotations, first uses, changes and deletions of one line do not fail each other', async () => {
  for (let round = 0; round < 6; round++) {
    const old = await fresh();
    const made = await next(old);
    const answers = await Promise.all(
      servers.flatMap((server) => [
        use(made, server),
        use(old, server),
        ...[rotateSelf(old, server), rotateSelf(made, server)].map((answer) => answer.then(({ status }) => status)),
        ...[
          asAdmin('PATCH', `${pathOf(old)}?line=true`, { enabled: true, quota: { limit: 1000, per: 'day' } }),
          asAdmin('POST', `${pathOf(old)}/rotate`, {}),
          asAdmin('DELETE', `${pathOf(round % 2 ? old : made)}?line=true`),
        ].map((answer) => answer.then(({ status }) => status)),
      ]),
    );
    for (const status of answers) expect([200, 201, 401, 404, 409]).toContain(status);
  }
});
