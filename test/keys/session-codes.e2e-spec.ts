import { DataSource } from 'typeorm';
import { CODE_MILLIS } from '../../src/api-keys/sessions/session-codes';
import { hashOf, randomText } from '../../src/api-keys/key-text';
import { ExpiredRows } from '../../src/database/expired-rows';
import { query } from '../../src/database/sql';
import { ConsoleLinks, type ConsoleCode } from '../../src/setup/console-links';
import { makeAdminKey, makeOrganization, type MadeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import type { OpenedSession } from '../support/sessions';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const REFUSED = refused(
  401,
  'Unauthorized',
  'The sign-in code is wrong, has expired or was used before. npm run console-link prints a new link',
);
const OPERATOR = { kind: 'command line', user: 'tests' } as const;

let database: TestDatabase;
let servers: [TestApp, TestApp];
beforeAll(async () => {
  database = await createDatabase();
  const first = await startApp({ DAKKIO_KEY_PEPPER: 'p'.repeat(32) }, database);
  const same = { DAKKIO_KEY_PEPPER: 'p'.repeat(32) };
  servers = [first, ON_POSTGRES ? await startApp(same, database) : first];
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  for (const server of new Set(servers)) await server.stop();
  await database.remove();
});

const newCode = (server = servers[0]): Promise<ConsoleCode> => server.app.get(ConsoleLinks).create(OPERATOR, ours);
const ours = 'My organization';
const exchange = (code: unknown, server = servers[0]) => server.call('POST', '/api/session/code', { body: { code } });
const self = (key: string) => servers[0].call('GET', '/api/keys/self', { key });
const asAdmin = (method: string, path: string, body?: object) =>
  servers[0].call(method, path, { key: servers[0].adminKey, ...(body && { body }) });

describe('POST /api/session/code', () => {
  it('opens a session of the Admin key, without a key', async () => {
    const { code, apiKey } = await newCode();
    const answer = await exchange(code);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      message: 'Session created successfully',
      session: { type: 'admin', sessionOf: apiKey.id, bucketId: null, rights: expect.arrayContaining(['listBuckets']) },
    });
    const { key } = answer.body.session as OpenedSession;
    expect((await servers[0].call('GET', '/api/buckets', { key })).status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });

  it('accepts a code once', async () => {
    const { code } = await newCode();
    expect((await exchange(code)).status).toBe(201);
    const again = await exchange(code);
    expect(seen(again)).toEqual(REFUSED);
    expect(again.headers.get('www-authenticate')).toBe('ApiKey realm="dakkio"');
  });

  it('accepts a code once, also when it is sent many times at once, to several instances', async () => {
    for (let round = 0; round < 10; round++) {
      const { code } = await newCode();
      const sent = Array.from({ length: 8 }, (_, index) => exchange(code, servers[index % 2]));
      const statuses = (await Promise.all(sent)).map(({ status }) => status).sort();
      expect(statuses).toEqual([201, ...Array<number>(7).fill(401)]);
    }
  });

  it('accepts a code for 15 minutes', async () => {
    const [late, inTime] = [await newCode(), await newCode()];
    const expiresAt = Math.min(late.expiresAt, inTime.expiresAt);
    expect(Math.abs(expiresAt - Date.now() - CODE_MILLIS)).toBeLessThan(5000);
    jest.spyOn(Date, 'now').mockReturnValue(expiresAt - 1);
    expect((await exchange(inTime.code)).status).toBe(201);
    jest.spyOn(Date, 'now').mockReturnValue(late.expiresAt);
    expect(seen(await exchange(late.code))).toEqual(REFUSED);
  });

  it.each(['x', randomText(22), `${randomText(21)}!`, randomText(23), ' '.repeat(5) + randomText(17)])(
    'refuses a wrong code: %j',
    async (code) => {
      expect(seen(await exchange(code))).toEqual(REFUSED);
    },
  );

  it.each([
    [{}, 'code is required'],
    [{ code: '' }, 'code is required'],
    [{ code: 5 }, 'code must be a string'],
    [{ code: 'x'.repeat(101) }, 'code must be 100 characters or less'],
    [{ code: 'x', key: 'y' }, 'Unknown property: key'],
  ])('refuses the body %j', async (body, message) => {
    const answer = await servers[0].call('POST', '/api/session/code', { body });
    expect(seen(answer)).toEqual(refused(400, 'Validation Error', message));
  });

  it('reads no body above 1 KiB, because anyone can send one', async () => {
    const answer = await exchange('x'.repeat(1100));
    expect(seen(answer)).toEqual(refused(413, 'Payload Too Large', 'Request body must be 1024 bytes or less'));
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['deleted', (path) => asAdmin('DELETE', path)],
    ['disabled', (path) => asAdmin('PATCH', path, { enabled: false })],
    ['rotated', (path) => asAdmin('POST', `${path}/rotate`, { gracePeriodSeconds: 0 })],
  ])('refuses the code of a key that was %s', async (_what, end) => {
    const first = await ownId();
    const key = await makeAdminKey(servers[0]);
    const { _id } = (await self(key)).body.apiKey as MadeKey;
    await restricted(first, async () => {
      const { code, apiKey } = await newCode();
      expect(apiKey.id).toBe(_id);
      await end(`/api/keys/${_id}`);
      expect(seen(await exchange(code))).toEqual(REFUSED);
    });
    await asAdmin('DELETE', `/api/keys/${_id}?line=true`);
  });

  it('refuses an address that the key is not allowed from, and keeps the code for one that is', async () => {
    const { code, apiKey } = await newCode();
    const other = await makeAdminKey(servers[0]);
    const { _id } = (await self(other)).body.apiKey as MadeKey;
    const patch = (allowedIps: string[] | null) =>
      servers[0].call('PATCH', `/api/keys/${apiKey.id}`, { key: other, body: { allowedIps } });
    expect((await patch(['10.0.0.1'])).status).toBe(200);
    expect(seen(await exchange(code))).toEqual(refused(403, 'Forbidden', 'API key is not allowed from this address'));
    expect((await patch(null)).status).toBe(200);
    expect((await exchange(code)).status).toBe(201);
    await asAdmin('DELETE', `/api/keys/${_id}`);
  });

  /** Disables the first Admin key while other work runs, so that codes are for another key. */
  async function restricted(id: string, work: () => Promise<void>): Promise<void> {
    await asAdmin('PATCH', `/api/keys/${id}`, { allowedIps: ['127.0.0.0/8'] });
    await work();
    await asAdmin('PATCH', `/api/keys/${id}`, { allowedIps: null });
  }

  async function ownId(): Promise<string> {
    return (await self(servers[0].adminKey)).body.apiKey._id as string;
  }
});

describe('a code', () => {
  it('has 128 random bits, and is stored as a hash that needs the pepper', async () => {
    const { code, apiKey } = await newCode();
    expect(code).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(22 * Math.log2(62)).toBeGreaterThan(128);
    const { manager } = servers[0].app.get(DataSource);
    const rows = await query<{ id: string }>(manager, 'SELECT * FROM session_codes WHERE key_id = ?', [apiKey.id]);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(rows.map(({ id }) => id)).not.toContain(hashOf(code));
    expect(servers.flatMap(({ logs }) => logs).join('')).not.toContain(code);
  });

  it('is in the audit log: who asked for it, and the session that it opened', async () => {
    const { code, apiKey } = await newCode();
    const { _id } = (await exchange(code)).body.session as OpenedSession;
    const audited = async (action: string) =>
      (await asAdmin('GET', `/api/audit?action=${action}&limit=1`)).body.auditEvents as object[];
    expect(await audited('session.codeCreated')).toMatchObject([
      {
        actor: { type: 'command line', user: 'tests' },
        target: { type: 'api key', _id: apiKey.id },
        details: { type: 'admin', expiresAt: expect.any(String) },
      },
    ]);
    expect(await audited('session.opened')).toMatchObject([
      {
        actor: { type: 'api key', _id: apiKey.id },
        target: { type: 'api key', _id },
        details: { byCode: true },
        address: '127.0.0.1',
      },
    ]);
    const log = await asAdmin('GET', '/api/audit?limit=1000');
    expect(JSON.stringify(log.body)).not.toContain(code);
  });

  it('is removed in the background, a day after it was made', async () => {
    await newCode();
    const { app } = servers[0];
    const count = async () =>
      (
        await query<{ codes: number }>(app.get(DataSource).manager, 'SELECT count(*) AS codes FROM session_codes', [])
      )[0]?.codes;
    const before = await count();
    await app.get(ExpiredRows).remove(Date.now() + 23 * 3_600_000);
    expect(await count()).toBe(before);
    await app.get(ExpiredRows).remove(Date.now() + 25 * 3_600_000);
    expect(await count()).toBe(0);
  });

  it('is for a key without restrictions, if there is one', async () => {
    const key = await makeOrganization(servers[0], 'Greenhouse GmbH');
    const as = (body: object) => servers[0].call('POST', '/api/keys', { key, body: { type: 'admin', ...body } });
    const { _id: first } = (await self(key)).body.apiKey as MadeKey;
    const { _id: second } = (await as({ name: 'Second' })).body.apiKey as MadeKey;
    const chosen = async () => (await servers[0].app.get(ConsoleLinks).create(OPERATOR, 'Greenhouse GmbH')).apiKey.id;
    expect(await chosen()).toBe(first);
    await servers[0].call('PATCH', `/api/keys/${first}`, { key, body: { allowedIps: ['127.0.0.1'] } });
    expect(await chosen()).toBe(second);
  });
});

describe('guessing codes', () => {
  it('is limited by address, and never keeps a valid code out', async () => {
    const limited = await startApp({ DAKKIO_FAILED_AUTH_PER_MINUTE: '5' });
    const statuses = [];
    for (let index = 0; index < 7; index++) statuses.push((await exchange(randomText(22), limited)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(Number((await exchange('x', limited)).headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await limited.call('GET', '/api/keys/self', { key: undefined })).status).toBe(429);
    expect((await exchange((await newCode(limited)).code, limited)).status).toBe(201);
    await limited.stop();
  });
});

describe('a restart', () => {
  it('keeps sessions and codes', async () => {
    const own = await createDatabase();
    const first = await startApp({}, own);
    const [code, used] = [await newCode(first), await newCode(first)];
    const { key } = (await exchange(used.code, first)).body.session as OpenedSession;
    await first.stop();
    const second = await startApp({}, own);
    expect((await second.call('GET', '/api/keys/self', { key })).status).toBe(200);
    expect((await exchange(used.code, second)).status).toBe(401);
    expect((await exchange(code.code, second)).status).toBe(201);
    await second.stop();
    await own.remove();
  });
});
