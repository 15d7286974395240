// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { holdSlot, waitingAre } from '../support/busy';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

/** One slot per rotation line, so that a second export waits. */
const FEW = { DAKKIO_QUERIES_AT_ONCE: '4', DAKKIO_QUERY_QUEUE: '16' };
const NONE = 'ApiKey realm="dakkio"';
const ASKED = `Basic realm="Dakkio", ${NONE}`;

let server: TestApp;
let url: string;
let key: string;
beforeAll(async () => {
  server = await startApp(FEW);
  const bucketId = await makeBucket(server);
  ({ key } = await makeKey(server, bucketId, 'read'));
  url = `${server.url}/api/data/export`;
  const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: server.adminKey,
    body: { name: 'Climate', schema: { temperature: 'number' } },
  });
  const point = { dataSourceId: body.dataSource._id as string, timestamp: 1_700_000_000_000 };
  await server.call('POST', '/api/data', {
    key: server.adminKey,
    body: { ...point, bucketId, values: { temperature: 21.5 } },
  });
});
afterAll(() => server.stop());

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const get = (headers: Record<string, string>, path = url) => fetch(path, { headers });

describe('the key as a password on an export', () => {
  it.each([
    ['the password', () => ({ authorization: basic(`any:${key}`) })],
    ['the password without a user name', () => ({ authorization: basic(`:${key}`) })],
    ['the user name without a password', () => ({ authorization: basic(`${key}:`) })],
    ['a password from the same site', () => ({ authorization: basic(`u:${key}`), 'sec-fetch-site': 'same-origin' })],
    ['X-API-Key beside another password', () => ({ 'x-api-key': key, authorization: basic('u:other') })],
  ])('is accepted as %s', async (_form, headers) => {
    const answer = await get(headers());
    expect([answer.status, (await answer.text()).split('\n')[1]]).toEqual([200, expect.stringMatching(/,21\.5$/)]);
  });

  it.each([
    ['a password from another site', () => ({ authorization: basic(`u:${key}`), 'sec-fetch-site': 'cross-site' })],
    ['a password beside a wrong X-API-Key', () => ({ authorization: basic(`u:${key}`), 'x-api-key': 'wrong' })],
    ['the user name beside a wrong password', () => ({ authorization: basic(`${key}:x`) })],
    ['text without a colon', () => ({ authorization: basic(key) })],
    ['p in the query string', () => ({ p: key })],
  ])('is refused as %s', async (_form, headers) => {
    const { p, ...sent } = headers() as Record<string, string>;
    expect((await get(sent, p ? `${url}?p=${p}` : url)).status).toBe(401);
  });

  it('is accepted on no other route that reads', async () => {
    for (const path of ['/api/data/latest', '/api/keys/self', '/metrics']) {
      const answer = await get({ authorization: basic(`u:${key}`) }, server.url + path);
      expect([path, answer.status, answer.headers.get('www-authenticate')?.includes('Basic') ?? false]).toEqual([
        ...[path, 401, false],
      ]);
    }
  });

  it('is asked for only from programs that send none, so that no browser shows a dialog', async () => {
    const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0' };
    const cases: [Record<string, string>, string][] = [
      [{}, ASKED],
      [{ authorization: basic('u:wrong') }, ASKED],
      [{ 'x-api-key': 'wrong' }, NONE],
      [{ authorization: 'Bearer wrong' }, NONE],
      [browser, NONE],
      [{ ...browser, authorization: basic('u:wrong') }, NONE],
      [{ 'sec-fetch-mode': 'cors' }, NONE],
    ];
    for (const [headers, challenge] of cases) {
      const sent = { 'user-agent': 'Microsoft.Data.Mashup', 'sec-fetch-mode': undefined, ...headers };
      expect([headers, await challengeOf(sent)]).toEqual([headers, challenge]);
    }
  });

  it('is checked again when the export has waited', async () => {
    const place = await holdSlot(server, key);
    const waiting = get({ authorization: basic(`u:${key}`) });
    await waitingAre(server, 1);
    await place.end();
    expect((await waiting).status).toBe(200);
  });

  it('is not in the log', async () => {
    await get({ authorization: basic(`u:${key}`) });
    const parts = [key, basic(`u:${key}`).slice(12)];
    expect(server.logs.filter((line) => parts.some((part) => line.includes(part)))).toEqual([]);
  });
});

/** A challenge as a program sees it: `fetch` would add headers of a browser. */
async function challengeOf(headers: Readonly<Record<string, string | undefined>>): Promise<string> {
  const lines = Object.entries(headers).flatMap(([name, value]) => (value ? ['-H', `${name}: ${value}`] : []));
  const printed = await run('curl', ['-s', '-o', '/dev/null', '-D', '-', ...lines, url]);
  return /^www-authenticate: (.*)\r$/im.exec(printed)?.[1] ?? '';
}

describe('programs that send a password', () => {
  const PANDAS =
    'import sys, base64, urllib.request as r; t = base64.b64encode((":" + sys.argv[2]).encode()).decode(); ' +
    'print(r.urlopen(r.Request(sys.argv[1], headers={"Authorization": "Basic " + t})).read().decode())';
  const HANDLER =
    'import sys, urllib.request as r; m = r.HTTPPasswordMgrWithDefaultRealm(); m.add_password(None, sys.argv[1], "u", sys.argv[2]); ' +
    'print(r.build_opener(r.HTTPBasicAuthHandler(m)).open(sys.argv[1]).read().decode())';

  it.each([
    ['curl', () => ['curl', '-fsS', '-u', `:${key}`, url]],
    ['wget, which sends it when asked', () => ['wget', '-qO-', '--user=u', `--password=${key}`, url]],
    ["Python's urllib, as pandas uses it", () => ['python3', '-c', PANDAS, url, key]],
    ["Python's urllib, which sends it when asked", () => ['python3', '-c', HANDLER, url, key]],
  ])('%s reads the export', async (_name, command) => {
    const [program = '', ...args] = command();
    expect(await run(program, args)).toMatch(/^timestamp,.*\n.*,21\.5\n/);
  });
});

async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (printed += text));
  await once(child, 'close');
  return printed;
}
