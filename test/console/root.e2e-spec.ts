import { version } from '../../package.json';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
const home = (accept?: string, method = 'GET') =>
  fetch(`${server.url}/`, { method, headers: accept === undefined ? {} : { Accept: accept } });

describe('GET /', () => {
  it.each([undefined, '*/*', 'application/json', 'image/png'])('gives %s name, version and links', async (accept) => {
    const response = await home(accept);
    expect([response.status, response.headers.get('content-type'), response.headers.get('vary')]).toEqual([
      200,
      'application/json; charset=utf-8',
      'Accept',
    ]);
    expect(await response.json()).toEqual({ name: 'Dakkio', version, docs: '/docs', health: '/health/ready' });
  });

  it('gives a browser a page whose links work without the console, with the headers of /docs', async () => {
    const plain = await startApp({ DAKKIO_CONSOLE: 'off' });
    const response = await fetch(`${plain.url}/`, { headers: { Accept: BROWSER } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const docs = await fetch(`${server.url}/docs`);
    for (const name of ['content-security-policy', 'x-frame-options', 'x-content-type-options', 'referrer-policy'])
      expect([name, response.headers.get(name)]).toEqual([name, docs.headers.get(name) ?? 'missing']);
    const page = await response.text();
    expect(page).toContain(`Dakkio <small>${version}</small>`);
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toEqual(['docs', 'docs/errors', 'docs-json', 'health/ready']);
    for (const link of links) expect((await fetch(new URL(link, `${plain.url}/`))).status).toBe(200);
    await plain.stop();
  });

  it.each([undefined, BROWSER])('answers HEAD without a body', async (accept) => {
    const response = await home(accept, 'HEAD');
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('content-type')).toBe((await home(accept)).headers.get('content-type'));
  });

  it('answers an invalid key too, and refuses other methods', async () => {
    expect((await server.call('GET', '/', { key: 'nonsense' })).status).toBe(200);
    const { status, body } = await server.call('POST', '/');
    expect([status, body.message]).toEqual([405, 'Method POST is not allowed here. Allowed: GET, HEAD']);
  });

  it('is not the answer to //', async () => {
    const { status, body } = await server.call('GET', '//');
    expect([status, body]).toEqual([404, { error: 'Not Found', message: 'Route not found: GET //' }]);
  });

  it('omits the links to the docs when they are disabled', async () => {
    const quiet = await startApp({ DAKKIO_DOCS: 'off', DAKKIO_CONSOLE: 'off' });
    const home = async (headers: Record<string, string>) => (await fetch(`${quiet.url}/`, { headers })).text();
    const [json, page] = [await home({}), await home({ Accept: BROWSER })];
    await quiet.stop();
    expect(JSON.parse(json)).toEqual({ name: 'Dakkio', version, health: '/health/ready' });
    expect([...page.matchAll(/href="([^"]+)"/g)].map(([, link]) => link)).toEqual(['health/ready']);
  });
});
