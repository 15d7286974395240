import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { makeBucket, type MadeKey } from '../support/make';
import { startServer, stopProgram, type RunningServer } from '../support/process';
import { repetitions } from '../support/repetitions';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const HOUR_MILLIS = 3_600_000;
const KEYS = repetitions(50, ON_POSTGRES ? 80 : 150);

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
afterAll(() => agent.destroy());

/** The status with which a server answers a key. */
function statusOf(url: string, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/api/keys/self`, { agent, headers: { 'X-API-Key': key } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end();
  });
}

type Server = Pick<TestApp, 'call' | 'url' | 'adminKey'>;

async function makeKeys({ call, adminKey }: Server, bucketId: string, more: object = {}): Promise<MadeKey[]> {
  const keys: MadeKey[] = [];
  while (keys.length < KEYS) {
    const wanted = Array.from({ length: Math.min(KEYS, 500) }, (_, i) => ({
      name: `Sensor ${i}`,
      type: i % 2 ? 'read' : 'write',
      ...more,
    }));
    const { status, body } = await call('POST', `/api/buckets/${bucketId}/keys/bulk`, {
      key: adminKey,
      body: { keys: wanted },
    });
    expect(status).toBe(201);
    keys.push(...(body.apiKeys as MadeKey[]));
  }
  return keys;
}

/**
 * Ends each key by `end` while six clients use them all at random on every server, and watches whether a request
 * succeeds that was begun after the answer of its key's end.
 */
async function endUnderLoad(urls: readonly string[], keys: readonly MadeKey[], end: (key: MadeKey) => Promise<void>) {
  const ended = new Set<MadeKey>();
  const seen = { before: 0, after: 0, wrong: [] as string[] };
  const ask = async (turn: number) => {
    const key = keys[Math.floor(Math.random() * keys.length)] as MadeKey;
    const wasEnded = ended.has(key);
    const status = await statusOf(urls[turn % urls.length] ?? '', key.key);
    seen[wasEnded ? 'after' : 'before'] += 1;
    if (wasEnded ? status !== 401 : status !== 200 && status !== 401) seen.wrong.push(`${status}, ended: ${wasEnded}`);
  };
  const client = async (number: number) => {
    for (let turn = number; ended.size < keys.length; turn++) await ask(turn);
  };
  const ender = async (number: number) => {
    for (let index = number; index < keys.length; index += 4) {
      const key = keys[index] as MadeKey;
      await end(key);
      ended.add(key);
      // The next request, on each server.
      const statuses = await Promise.all(urls.map((url) => statusOf(url, key.key)));
      if (statuses.some((status) => status !== 401)) seen.wrong.push(`right after its end: ${statuses.join()}`);
    }
  };
  await Promise.all([...Array.from({ length: 6 }, (_, i) => client(i)), ...[0, 1, 2, 3].map(ender)]);
  return seen;
}

const WAYS = {
  deleted: async ({ call, adminKey }: Server, path: string) => {
    expect((await call('DELETE', path, { key: adminKey })).status).toBe(200);
  },
  disabled: async ({ call, adminKey }: Server, path: string) => {
    expect((await call('PATCH', path, { key: adminKey, body: { enabled: false } })).status).toBe(200);
  },
  'rotated without grace': async ({ call, adminKey }: Server, path: string) => {
    expect((await call('POST', `${path}/rotate`, { key: adminKey, body: { gracePeriodSeconds: 0 } })).status).toBe(201);
  },
};

describe('on one process', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp();
  });
  afterAll(() => server.stop());

  it.each(Object.entries(WAYS))(
    'a key that is %s is refused from that answer on',
    async (_, end) => {
      const bucketId = await makeBucket(server);
      const keys = await makeKeys(server, bucketId);
      const seen = await endUnderLoad([server.url], keys, ({ _id }) =>
        end(server, `/api/buckets/${bucketId}/keys/${_id}`),
      );
      expect(seen.wrong).toEqual([]);
      expect(Math.min(seen.before, seen.after)).toBeGreaterThan(100);
    },
    180_000,
  );

  it('a key is rejected from its expiry on, and a rotated one from the end of its grace period', async () => {
    const bucketId = await makeBucket(server);
    const expiresAt = new Date(Date.now() + HOUR_MILLIS).toISOString();
    const [expiring, rotated] = [await makeKeys(server, bucketId, { expiresAt }), await makeKeys(server, bucketId)];
    const sample = [...expiring.slice(0, 50), ...rotated.slice(0, 50)];
    for (const { _id } of rotated.slice(0, 50)) {
      const path = `/api/buckets/${bucketId}/keys/${_id}/rotate`;
      await server.call('POST', path, { key: server.adminKey, body: { gracePeriodSeconds: 3600 } });
    }
    const now = Date.now;
    const clock = jest.spyOn(Date, 'now');
    const statuses = () => Promise.all(sample.map(({ key }) => statusOf(server.url, key)));
    clock.mockImplementation(() => now() + HOUR_MILLIS - 30_000);
    expect(new Set(await statuses())).toEqual(new Set([200]));
    clock.mockImplementation(() => now() + HOUR_MILLIS + 30_000);
    expect(new Set(await statuses())).toEqual(new Set([401]));
    clock.mockRestore();
  });
});

(ON_POSTGRES ? describe : describe.skip)('on three processes of one PostgreSQL', () => {
  let database: TestDatabase;
  let servers: RunningServer[];
  let first: Server;
  const clockFile = () => join(database.folder, 'clock');
  beforeAll(async () => {
    database = await createDatabase();
    writeFileSync(clockFile(), '0');
    const environment = {
      DATABASE_URL: database.url,
      NODE_OPTIONS: `--import ${join(__dirname, '..', 'support', 'moved-clock.mjs')}`,
      CLOCK_OFFSET_FILE: clockFile(),
    };
    const one = await startServer(environment);
    servers = [one, await startServer(environment), await startServer(environment)];
    first = { call: one.call, url: one.url, adminKey: /dakkio_a_[0-9A-Za-z]{36}/.exec(one.printed.stdout)?.[0] ?? '' };
  });
  afterAll(async () => {
    expect(await Promise.all(servers.map(stopProgram))).toEqual([0, 0, 0]);
    await database.remove();
  });
  const urls = () => servers.map(({ url }) => url);

  it.each(Object.entries(WAYS))(
    'a key that is %s by one is refused by all from that answer on',
    async (_, end) => {
      const bucketId = await makeBucket(first as TestApp);
      const keys = await makeKeys(first, bucketId);
      const seen = await endUnderLoad(urls(), keys, ({ _id }) => end(first, `/api/buckets/${bucketId}/keys/${_id}`));
      expect(seen.wrong).toEqual([]);
      expect(Math.min(seen.before, seen.after)).toBeGreaterThan(100);
    },
    180_000,
  );

  it('a key is rejected by all processes from its expiry on, and a rotated one from the end of its grace period', async () => {
    const bucketId = await makeBucket(first as TestApp);
    const expiresAt = new Date(Date.now() + HOUR_MILLIS).toISOString();
    const [expiring] = await makeKeys(first, bucketId, { expiresAt });
    const [rotated] = await makeKeys(first, bucketId);
    const path = `/api/buckets/${bucketId}/keys/${rotated?._id}/rotate`;
    await first.call('POST', path, { key: first.adminKey, body: { gracePeriodSeconds: 3600 } });
    const statuses = () =>
      Promise.all([expiring, rotated].flatMap((key) => urls().map((url) => statusOf(url, key?.key ?? ''))));
    writeFileSync(clockFile(), String(HOUR_MILLIS - 30_000));
    expect(await statuses()).toEqual(Array(6).fill(200));
    writeFileSync(clockFile(), String(HOUR_MILLIS + 30_000));
    expect(await statuses()).toEqual(Array(6).fill(401));
    writeFileSync(clockFile(), '0');
  });
});
