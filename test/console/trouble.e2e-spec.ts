// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { makeKey } from '../support/make';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const HOST = '0.0.0.0';
const GONE = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_INTERNET_DISCONNECTED/;
const LONG = { timeout: 20_000 };

let database: TestDatabase;
let server: TestApp;
let home: Home;
let adminKey: string;
beforeAll(async () => {
  database = await createDatabase();
  server = await startApp({ HOST }, database);
  ({ adminKey } = server);
  home = await makeHome(server);
});
afterAll(async () => {
  await server.stop();
  await database.remove();
});

const store = (power: number) =>
  server.call('POST', '/api/data', {
    key: home.writeKey,
    body: { dataSourceId: home.powerId, values: { power } },
  });

describeInBrowser('An open page', (browser) => {
  let console: ConsolePage;
  beforeEach(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn(adminKey);
  });
  afterEach(async () => {
    console.expectNoComplaints();
    await console.close();
  });

  it('survives a restart of the server, and misses no point', async () => {
    const { page } = console;
    console.allow(GONE);
    await console.visit(`/buckets/${home.bucketId}`);
    await page.getByText('live', { exact: true }).waitFor();
    const { port } = server;
    await server.stop();
    await page.getByText('The server cannot be reached since').waitFor(LONG);
    await page.getByText('Living room').waitFor();
    server = await startApp({ HOST, PORT: String(port) }, database);
    await store(4321);
    await page.getByText('4,321').waitFor(LONG);
    await page.getByText('The server cannot be reached since').waitFor({ state: 'detached' });
    await page.getByText('live', { exact: true }).waitFor(LONG);
    await store(5432);
    await page.getByText('5,432').waitFor(LONG);
  });

  it('of any screen keeps its content during a restart, and leads on after it', async () => {
    const paths = ['/overview', '/buckets', `/buckets/${home.bucketId}/sources/${home.climateId}`, '/start', '/import'];
    const others = [
      '/keys',
      '/alerts',
      `/alerts/new?bucket=${home.bucketId}&source=${home.climateId}`,
      '/audit',
      '/server',
    ];
    const tabs: { tab: ConsolePage; content: string }[] = [];
    for (const path of [...paths, ...others, '/key']) {
      const tab = await console.openTab(path);
      await tab.settled();
      tabs.push({ tab, content: await tab.heading().innerText() });
    }
    const { port } = server;
    await server.stop();
    for (const { tab } of tabs) {
      tab.allow(GONE);
      // As when a person comes back to the tab: everything that is shown is read again.
      await tab.run(`dispatchEvent(new Event('visibilitychange'))`);
    }
    server = await startApp({ HOST, PORT: String(port) }, database);
    for (const { tab, content } of tabs) {
      await tab.page.getByText('The server cannot be reached since').waitFor({ state: 'detached', ...LONG });
      await tab.settled();
      expect(await tab.heading().innerText()).toBe(content);
      // What failed while the server was away is read again by itself.
      await tab.page
        .getByRole('alert')
        .first()
        .waitFor({ state: 'detached', ...LONG });
      await tab.visit(`/buckets/${home.bucketId}`);
      await tab.page.getByText('Living room').waitFor();
      tab.expectNoComplaints();
      await tab.close();
    }
    console.allow(GONE);
  });

  it('keeps what it shows while the browser has no network', async () => {
    const { page } = console;
    console.allow(GONE);
    await console.visit('/buckets');
    await console.visit(`/buckets/${home.bucketId}`);
    await page.context().setOffline(true);
    await console.follow('/buckets');
    await page.getByRole('link', { name: 'Home' }).waitFor();
    await page.getByText('The server cannot be reached since').waitFor(LONG);
    await console.expectAccessible();
    await page.context().setOffline(false);
    await page.getByText('The server cannot be reached since').waitFor({ state: 'detached', ...LONG });
  });

  it('opens a page that it could not load when the network is there again', async () => {
    const { page } = console;
    console.allow(GONE);
    console.allow(/dynamically imported module/);
    await console.visit('/buckets');
    await page.context().setOffline(true);
    await console.follow('/audit');
    await page.getByText('It opens as soon as the server can be reached').waitFor(LONG);
    await page.context().setOffline(false);
    await page.getByRole('heading', { name: 'Audit log' }).waitFor(LONG);
  });

  it('leads to the sign-in page by itself when its key is revoked, and back to the same chart', async () => {
    const { page } = console;
    const wall = await makeKey({ ...server, adminKey }, home.bucketId, 'read', { name: 'Guest' });
    await console.close();
    console = await ConsolePage.open(browser, server);
    console.allow(/401/);
    await console.signIn(wall.key);
    const path = `/buckets/${home.bucketId}/sources/${home.climateId}?range=6h&fields=humidity`;
    await console.visit(path);
    await console.page.locator('.chart canvas').waitFor();
    const revoked = await server.call('DELETE', `/api/buckets/${home.bucketId}/keys/${wall._id}`, { key: adminKey });
    expect([revoked.status, page.isClosed()]).toEqual([200, true]);
    await console.page.getByText('The session has ended').waitFor(LONG);
    await console.signIn(home.readKey);
    expect(await console.heading().innerText()).toBe('Living room');
    expect(await console.run('location.hash')).toBe(`#${path}`);
    await console.page.locator('.chart canvas').waitFor();
  });
});

describeInBrowser('A busy server', (browser) => {
  it('is named at once, and the page completes itself', async () => {
    const console = await ConsolePage.open(browser, server, { path: '/key' });
    console.allow(/503/);
    await console.signIn(adminKey);
    const { page } = console;
    const body = JSON.stringify({ error: 'Service Unavailable', message: 'Too many queries are waiting' });
    await page.route('**/api/**', (route) =>
      route.fulfill({ status: 503, body, headers: { 'Retry-After': '2', 'Content-Type': 'application/json' } }),
    );
    await console.follow(`/buckets/${home.bucketId}`);
    await page.getByText('The server is busy or restarting').waitFor();
    await console.expectAccessible();
    await page.unroute('**/api/**');
    await page.getByText('Living room').waitFor(LONG);
    await page.getByText('The server is busy or restarting').waitFor({ state: 'detached', ...LONG });
    console.expectNoComplaints();
    await console.close();
  });
});

describeInBrowser('A key over its rate', (browser) => {
  it('is told how long to wait, and then tries again', async () => {
    const path = `/api/buckets/${home.bucketId}/keys`;
    const limited = await makeKey({ ...server, adminKey }, home.bucketId, 'read', { name: 'Limited' });
    const setRate = (rateLimit: object | null) =>
      server.call('PATCH', `${path}/${limited._id}`, { key: adminKey, body: { rateLimit } });
    const console = await ConsolePage.open(browser, server, { path: '/key' });
    console.allow(/429/);
    await console.signIn(limited.key);
    await setRate({ limit: 1, windowSeconds: 5 });
    await server.call('GET', '/api/keys/self', { key: limited.key });
    await console.follow(`/buckets/${home.bucketId}`);
    const button = console.page.getByRole('button', { name: /^Try again in \d+\ss$/ });
    await button.waitFor();
    expect(await button.isDisabled()).toBe(true);
    await console.page.getByRole('alert').getByRole('link', { name: 'rate_limit_exceeded' }).waitFor();
    await console.expectAccessible();
    expect((await setRate(null)).status).toBe(200);
    await console.page.getByRole('button', { name: 'Try again', exact: true }).click(LONG);
    await console.page.getByText('Living room').waitFor(LONG);
    console.expectNoComplaints();
    await console.close();
  });
});
