import { makeBucket } from './support/make';
import { startServer, type RunningServer } from './support/process';
import { createDatabase, type TestApp, type TestDatabase } from './support/test-app';

const ROUNDS = 50;
const AT_ONCE = 20;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.remove());

interface Listed {
  readonly _id: string;
  readonly name: string;
  readonly lastUsedAt: string | null;
}

/** Creates keys until the server is killed under it. Gives the ones that were answered. */
async function createUntilKilled(server: RunningServer, adminKey: string, bucketId: string, killAfterMillis: number) {
  const answered = new Map<string, string>();
  const create = async (name: string) => {
    const { status, body } = await server.call('POST', `/api/buckets/${bucketId}/keys`, {
      key: adminKey,
      body: { name, type: 'write' },
    });
    expect(status).toBe(201);
    answered.set(body.apiKey._id as string, body.apiKey.key as string);
  };
  const creators = Array.from({ length: AT_ONCE }, async (_, i) => {
    for (let turn = 0; ; turn++) await create(`${i}.${turn}`);
  });
  setTimeout(() => server.child.kill('SIGKILL'), killAfterMillis);
  const failures = await Promise.allSettled(creators);
  await server.ended;
  for (const failure of failures)
    if (failure.status === 'rejected') expect(String(failure.reason)).toMatch(/fetch failed|terminated|closed/);
  return answered;
}

it(`loses no answered key, and leaves none that nobody can be rid of, when killed ${ROUNDS} times between commit and answer`, async () => {
  let server = await startServer({ DATABASE_URL: database.url });
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const counts = { answered: 0, unanswered: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
    const answered = await createUntilKilled(server, adminKey, bucketId, 5 + ((round * 7) % 30));
    server = await startServer({ DATABASE_URL: database.url });
    const ask = (method: string, path: string) => server.call(method, path, { key: adminKey });
    const listed: Listed[] = [];
    for (let more = true; more;) {
      const { body } = await ask('GET', `/api/buckets/${bucketId}/keys?limit=1000&offset=${listed.length}`);
      listed.push(...(body.apiKeys as Listed[]));
      more = body.pagination.hasMore as boolean;
    }
    const ids = new Set(listed.map(({ _id }) => _id));
    for (const [id, key] of answered) {
      expect(ids.has(id)).toBe(true);
      const self = await server.call('GET', '/api/keys/self', { key });
      expect(self.body.apiKey._id).toBe(id);
    }
    for (const { _id, lastUsedAt } of listed.filter(({ _id: id }) => !answered.has(id))) {
      expect(lastUsedAt).toBeNull();
      expect((await ask('DELETE', `/api/buckets/${bucketId}/keys/${_id}`)).status).toBe(200);
      counts.unanswered += 1;
    }
    counts.answered += answered.size;
  }
  server.child.kill('SIGKILL');
  await server.ended;
  // Else the server was never hit where it hurts.
  expect(Math.min(counts.answered, counts.unanswered)).toBeGreaterThan(0);
}, 300_000);
