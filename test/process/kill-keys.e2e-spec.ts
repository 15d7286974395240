import { atFirst, killAfter, withExactKill } from '../support/kill';
import { makeBucket } from '../support/make';
import { startServer, type RunningServer } from '../support/process';
import { repetitions } from '../support/repetitions';
import { createDatabase, ON_POSTGRES, type TestApp, type TestDatabase } from '../support/test-app';

/** PostgreSQL keeps what it has committed by itself; on SQLite that is this process's own work. */
const ROUNDS = ON_POSTGRES ? 10 : repetitions(2, 15);
const AT_ONCE = 20;
/** Keys that one request creates. */
const BULK = 200;
/** Of the answered keys of a round, so many are used. All of them are looked for in the list. */
const USED = 50;

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

/**
 * Creates keys until the server is killed under it. Gives the ones that were answered.
 *
 * @param noteAnswer called after each answered key: it has the server killed
 */
async function createUntilKilled(server: RunningServer, adminKey: string, bucketId: string, noteAnswer: () => void) {
  const answered = new Map<string, string>();
  const create = async (name: string) => {
    const { status, body } = await server.call('POST', `/api/buckets/${bucketId}/keys`, {
      key: adminKey,
      body: { name, type: 'write' },
    });
    expect(status).toBe(201);
    answered.set(body.apiKey._id as string, body.apiKey.key as string);
    noteAnswer();
  };
  const createMany = async () => {
    const keys = Array.from({ length: BULK }, (_, index) => ({ name: `bulk ${index}`, type: 'write' }));
    const { status, body } = await server.call('POST', `/api/buckets/${bucketId}/keys/bulk`, {
      key: adminKey,
      body: { keys },
    });
    expect(status).toBe(201);
    for (const { _id, key } of body.apiKeys as { _id: string; key: string }[]) answered.set(_id, key);
  };
  const creators = Array.from({ length: AT_ONCE }, async (_, i) => {
    for (let turn = 0; ; turn++) await create(`${i}.${turn}`);
  });
  creators.push(
    (async () => {
      for (;;) await createMany();
    })(),
  );
  const failures = await Promise.allSettled(creators);
  await server.ended;
  for (const failure of failures)
    if (failure.status === 'rejected') expect(String(failure.reason)).toMatch(/fetch failed|terminated|closed/);
  return answered;
}

it(`loses no answered key, and leaves none that cannot be deleted, when killed ${ROUNDS} times between commit and answer`, async () => {
  const { environment, killAtNextAnswer, disarm, remove } = withExactKill({ DATABASE_URL: database.url });
  let server = await startServer(environment);
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const counts = { answered: 0, unanswered: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
    // A timer rarely hits the moment between commit and answer: in each second round the server hits it itself.
    const isExact = round % 2 === 1;
    const kill = isExact ? atFirst(killAtNextAnswer) : killAfter(server, (round * 7) % 30);
    const answered = await createUntilKilled(server, adminKey, bucketId, kill);
    disarm();
    const unansweredBefore = counts.unanswered;
    server = await startServer(environment);
    const ask = (method: string, path: string) => server.call(method, path, { key: adminKey });
    const listed: Listed[] = [];
    for (let more = true; more;) {
      const { body } = await ask('GET', `/api/buckets/${bucketId}/keys?limit=1000&offset=${listed.length}`);
      listed.push(...(body.apiKeys as Listed[]));
      more = body.pagination.hasMore as boolean;
    }
    const ids = new Set(listed.map(({ _id }) => _id));
    for (const id of answered.keys()) expect(ids.has(id)).toBe(true);
    const step = Math.ceil(answered.size / USED);
    for (const [id, key] of [...answered].filter((_, index) => index % step === 0)) {
      const self = await server.call('GET', '/api/keys/self', { key });
      expect(self.body.apiKey._id).toBe(id);
    }
    for (const { _id, lastUsedAt } of listed.filter(({ _id: id }) => !answered.has(id))) {
      expect(lastUsedAt).toBeNull();
      expect((await ask('DELETE', `/api/buckets/${bucketId}/keys/${_id}`)).status).toBe(200);
      counts.unanswered += 1;
    }
    counts.answered += answered.size;
    if (isExact) expect(counts.unanswered).toBeGreaterThan(unansweredBefore);
  }
  server.child.kill('SIGKILL');
  await server.ended;
  remove();
  expect(counts.answered).toBeGreaterThan(0);
}, 300_000);
