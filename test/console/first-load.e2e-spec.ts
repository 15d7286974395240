import { ConsoleLinks } from '../../src/setup/console-links';
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome } from '../support/console-data';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

/** Compressed by gzip, as for a browser over plain HTTP. */
const BUDGET_BYTES = 130_000;

let server: TestApp;
beforeAll(async () => (server = await startApp({ HOST: '0.0.0.0' })));
afterAll(() => server.stop());

describeInBrowser('The first page', (browser) => {
  /** Opens the link of the terminal in a new browser: what it loads, without answers of the API, by name. */
  const load = async (heading: string) => {
    const { code } = await server.app.get(ConsoleLinks).create({ kind: 'command line', user: 'tests' });
    const console = await ConsolePage.open(browser, server, { path: `/in/${code}` });
    await console.page.getByRole('heading', { name: heading, exact: true }).waitFor();
    await console.settled();
    const loaded = (await console.run(`[
        ...performance.getEntriesByType('navigation'),
        ...performance.getEntriesByType('resource'),
      ].map(({ name, encodedBodySize }) => [name, encodedBodySize])`)) as [string, number][];
    console.expectNoComplaints();
    await console.close();
    return new Map(loaded.filter(([name]) => !name.includes('/api/')));
  };
  const sum = (loaded: ReadonlyMap<string, number>) => [...loaded.values()].reduce((total, size) => total + size, 0);
  const screensOf = (loaded: ReadonlyMap<string, number>) =>
    [...loaded.keys()].flatMap((name) => /console\/(\w+)-screen-/.exec(name)?.[1] ?? []);

  it('of an empty server is where one gets started, and loads no other screen', async () => {
    const loaded = await load('Get started');
    expect(screensOf(loaded)).toEqual(['start']);
    expect(sum(loaded)).toBeGreaterThan(50_000);
    expect(sum(loaded)).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('of a server with data is the overview', async () => {
    await makeHome(server);
    const loaded = await load('Overview');
    expect(screensOf(loaded)).toEqual(['overview']);
    expect(sum(loaded)).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('waits for no timer before it shows a screen', async () => {
    const console = await ConsolePage.open(browser, server);
    // React keeps the timers that it finds when it is loaded.
    await console.page.clock.install();
    await console.page.reload();
    await console.signIn();
    // From here on they stand still.
    await console.page.clock.pauseAt(Date.now() + 60_000);
    for (const [path, title] of [
      ['/server', 'Server'],
      ['/audit', 'Audit log'],
    ] as const) {
      await console.follow(path);
      await console.heading().filter({ hasText: title }).waitFor();
    }
    console.expectNoComplaints();
    await console.close();
  });

  it('asks for everything that the overview shows before the first answer is there', async () => {
    const console = await ConsolePage.open(browser, server);
    await console.signIn();
    await console.visit('/key');
    const asked: string[] = [];
    let answerAll = () => {};
    const allowed = new Promise<void>((resolve) => (answerAll = resolve));
    await console.page.route('**/api/**', async (route) => {
      asked.push(new URL(route.request().url()).pathname);
      await allowed;
      await route.continue();
    });
    await console.follow('/overview');
    const wanted = [
      '/api/alerts',
      '/api/analytics/overview',
      '/api/deliveries',
      '/api/keys',
      '/api/keys',
      '/api/sources',
    ];
    await until('all requests', () => wanted.length <= asked.length);
    expect(asked.sort()).toEqual(expect.arrayContaining(wanted));
    answerAll();
    await console.settled();
    await console.page.unroute('**/api/**');
    await console.close();
  });
});
