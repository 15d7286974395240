import { exchange, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

const DOCUMENTS = ['/docs', '/docs/errors', '/docs/swagger-ui-init.js', '/docs-json', '/docs-yaml'];

/** Uncompressed, so that the length of the answer is that of its text. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(server.url + path, { method, headers: { 'Accept-Encoding': 'identity', ...headers } });

describe.each(DOCUMENTS)('%s', (path) => {
  it('comes with its length and an ETag, and is the same each time', async () => {
    const [first, second] = [await get(path), await get(path)];
    const text = await first.text();
    expect(await second.text()).toBe(text);
    expect(text.length).toBeGreaterThan(500);
    for (const { status, headers } of [first, second]) {
      expect(status).toBe(200);
      expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
      expect(headers.get('etag')).toMatch(/^"[\w-]{27}"$/);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
  });

  it('is not sent again to a client that holds it', async () => {
    const etag = (await get(path)).headers.get('etag') ?? '';
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get(path, { 'If-None-Match': header });
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await get(path, { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it('tells its length to HEAD without a body', async () => {
    const whole = await get(path);
    const head = await get(path, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });
});

it('makes a document once for requests that come together, and all have it', async () => {
  const other = await startApp();
  const spy = jest.spyOn(JSON, 'stringify');
  try {
    const request = (...headers: string[]) => rawRequest('GET /docs/swagger-ui-init.js', headers);
    const answers = await exchange(other.port, request().repeat(19) + request('Connection: close'));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(spy.mock.results.filter(({ value }) => String(value).length > 100_000)).toHaveLength(1);
  } finally {
    spy.mockRestore();
    await other.stop();
  }
});

it('makes each document once, however its path is written', async () => {
  const spy = jest.spyOn(JSON, 'stringify');
  try {
    for (const path of ['/docs-json', '/DOCS-JSON', '/docs-json/', '/docs-json?a=1', '/docs-json?b=/']) {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      await answer.text();
    }
    const large = spy.mock.results.filter(({ value }) => String(value).length > 10_000);
    expect(large.length).toBeLessThanOrEqual(1);
  } finally {
    spy.mockRestore();
  }
});

it('keeps the page free of what the first request asked for', async () => {
  const fresh = await startApp();
  try {
    const odd = await (await fetch(`${fresh.url}/docs?x=/`)).text();
    expect(odd).toBe(await (await get('/docs')).text());
  } finally {
    await fresh.stop();
  }
});

it('refuses other methods there as everywhere', async () => {
  const answer = await get('/docs-yaml', {}, 'POST');
  expect([answer.status, await answer.json()]).toEqual([
    405,
    { error: 'Method Not Allowed', message: 'Method POST is not allowed here. Allowed: GET, HEAD' },
  ]);
});

it.each(['/docs/', '/docs/index.html', '/DOCS/'])('%s leads to the page, also below a prefix', async (path) => {
  const answer = await fetch(server.url + path, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '../docs']);
  expect(new URL('../docs', `http://proxy/prefix${path}`).pathname).toBe('/prefix/docs');
  expect((await get(path)).status).toBe(200);
});
