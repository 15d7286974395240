// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/test-app';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const FOLDER = join(__dirname, '..', '..', 'dist', 'console');
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join(';');
/** What a browser loads before the first screen, compressed by gzip. */
const FIRST_LOAD_BYTES = 130_000;

interface Manifest {
  readonly first: readonly string[];
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly br?: number; readonly gz?: number }>>;
}

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

const page = (headers: Record<string, string> = {}, url = server.url) =>
  fetch(`${url}/`, { headers: { Accept: BROWSER, ...headers } });

/** Asks for a file with exactly this header: `fetch` would decompress the answer. */
async function file(name: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${server.url}/console/${name}`, { method, headers });
  return { response, text: await response.text() };
}

const manifest = (): Manifest => JSON.parse(readFileSync(join(FOLDER, 'manifest.json'), 'utf8')) as Manifest;
const namesIn = (html: string) => [...html.matchAll(/(?:src|href)="console\/([^"]+)"/g)].map(([, name = '']) => name);

describe('GET / in a browser', () => {
  it('is the console, under a policy that lets its own files run alone', async () => {
    const response = await page();
    expect([response.status, response.headers.get('content-type'), response.headers.get('vary')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'Accept',
    ]);
    expect(response.headers.get('content-security-policy')).toBe(POLICY);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('strict-transport-security')).toBeNull();
    const html = await response.text();
    expect(html).not.toMatch(/<script>|<style|style=|\son\w+=|https?:/);
    // Relative, so that a proxy can serve it below a prefix.
    expect(html).not.toMatch(/(src|href)="\//);
    const [icon, ...loaded] = namesIn(html);
    expect(icon).toMatch(/^icon-/);
    // Chunks too, so that the browser asks for them together with the scripts that import them.
    expect(loaded.sort()).toEqual(manifest().first);
  });

  it('is not sent again to a browser that has it, and has no body for HEAD', async () => {
    const etag = (await page()).headers.get('etag') ?? '';
    const again = await page({ 'If-None-Match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await fetch(`${server.url}/`, { method: 'HEAD', headers: { Accept: BROWSER } });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(300);
  });
});

describe('GET /console/:name', () => {
  it('serves every file of the page for ever', async () => {
    const names = namesIn(await (await page()).text());
    const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' } as const;
    for (const name of names) {
      const { response, text } = await file(name);
      expect([name, response.status]).toEqual([name, 200]);
      expect(text).toBe(readFileSync(join(FOLDER, name), 'utf8'));
      expect(response.headers.get('content-type')).toBe(`${types[name.split('.').at(-1) as 'js']}; charset=utf-8`);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('vary')).toBe('Accept-Encoding');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(name).toMatch(/-[A-Z0-9]{8}\.\w+$/);
    }
  });

  it.each([
    ['br', 'gzip, deflate, br', 'br', brotliDecompressSync],
    ['gz', 'gzip, deflate', 'gzip', gunzipSync],
    ['gz', 'br;q=0, gzip', 'gzip', gunzipSync],
  ])('has a compressed .%s of large files for Accept-Encoding: %s', async (ending, accepted, encoding, decompress) => {
    const name = manifest().first.find((one) => one.startsWith('main-')) ?? '';
    const { response } = await file(name, { 'Accept-Encoding': accepted });
    expect([response.headers.get('content-encoding'), response.headers.get('etag')]).toEqual([
      encoding,
      `"${name}.${ending}"`,
    ]);
    const compressed = readFileSync(join(FOLDER, `${name}.${ending}`));
    expect(response.headers.get('content-length')).toBe(String(compressed.length));
    expect(decompress(compressed).equals(readFileSync(join(FOLDER, name)))).toBe(true);
  });

  it('sends a file as it is to a client that accepts no encoding', async () => {
    const name = manifest().first[0] ?? '';
    const { response } = await file(name, { 'Accept-Encoding': 'identity' });
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  it('answers 304 and HEAD, and refuses other methods', async () => {
    const name = manifest().first[0] ?? '';
    const etag = (await file(name)).response.headers.get('etag') ?? '';
    expect((await file(name, { 'If-None-Match': etag })).response.status).toBe(304);
    const head = await file(name, {}, 'HEAD');
    expect([head.response.status, head.text]).toEqual([200, '']);
    expect((await file(name, {}, 'POST')).response.status).toBe(405);
  });

  it.each([
    'manifest.json',
    'index.html',
    'main.js',
    '..%2Fserver.js',
    '__proto__',
    'toString',
    '.',
    'main-AAAAAAAA.js',
  ])('has no file %s', async (name) => {
    const { response, text } = await file(name);
    expect(response.status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ error: 'Not Found' });
  });

  it('leaves other unknown routes what they are', async () => {
    const { status, body } = await server.call('GET', '/buckets', { headers: { Accept: BROWSER } });
    expect([status, body]).toEqual([404, { error: 'Not Found', message: 'Route not found: GET /buckets' }]);
  });
});

it('loads at most 130 kB before the first screen', () => {
  const { first, files } = manifest();
  const sizes = first.map((name) => files[name]?.gz ?? files[name]?.bytes ?? NaN);
  expect(first.length).toBeGreaterThanOrEqual(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
});

it('is not there with DAKKIO_CONSOLE=off', async () => {
  const name = manifest().first[0] ?? '';
  const off = await startApp({ DAKKIO_CONSOLE: 'off' });
  const html = await (await page({}, off.url)).text();
  const { status } = await off.call('GET', `/console/${name}`);
  await off.stop();
  expect(html).toContain('href="docs"');
  expect(status).toBe(404);
});
