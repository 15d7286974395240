// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
// How screens use the window: on phones, at 200 % zoom, and on very large screens.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
  await makeRule();
});
afterAll(() => server.stop());

/** 640: a window of 1280 pixels at 200 % zoom. */
const SIZES = [360, 390, 640, 2560] as const;

describeInBrowser('The layout', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn();
  });
  afterAll(async () => {
    console.expectNoComplaints();
    await console.close();
  });

  const paths = () => [
    ...['/overview', '/start', '/buckets', '/import', '/keys', '/alerts', '/alerts/new', '/audit', '/server', '/key'],
    `/buckets/${home.bucketId}`,
    `/buckets/${home.bucketId}/sources/${home.climateId}`,
    `/alerts/new?bucket=${home.bucketId}&source=${home.climateId}`,
  ];

  it('of every screen fits the window, and scrolls inside of it alone', async () => {
    for (const path of paths()) {
      await console.visit(path);
      for (const width of SIZES) {
        await console.resize(width);
        const overflow = await console.run(`(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
          [scrollWidth - clientWidth, scrollHeight - clientHeight])(document.documentElement)`);
        expect({ path, width, overflow }).toEqual({ path, width, overflow: [0, 0] });
        const sideways = await console.run(`(({ scrollWidth, clientWidth }) =>
          scrollWidth - clientWidth)(document.querySelector('.shell-main'))`);
        expect({ path, width, sideways }).toEqual({ path, width, sideways: 0 });
      }
    }
  });

  it.each([
    ['/audit', 'Kind', 'action=apiKey.created'],
    ['/keys', 'Type', 'type=read'],
    ['/alerts', 'State', 'state=ok'],
  ])('of %s has its filters behind a button on a phone, which counts them', async (path, label, set) => {
    const { page } = console;
    await console.resize(1280);
    await console.visit(path);
    const filter = page.getByLabel(label, { exact: true });
    const button = page.getByRole('button', { name: /^Filters/ });
    await filter.waitFor();
    expect(await button.isVisible()).toBe(false);

    await console.resize(390);
    await button.waitFor();
    expect(await filter.isVisible()).toBe(false);
    await button.click();
    await filter.waitFor();
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    await console.expectAccessible();
    await console.resize(390);
    await console.visit(`${path}?${set}`);
    await page.getByRole('button', { name: 'Filters (1)' }).click();
    await filter.waitFor({ state: 'hidden' });
  });

  it('of a dialog keeps its buttons in sight while its fields are scrolled', async () => {
    const { page } = console;
    await page.setViewportSize({ width: 390, height: 600 });
    await console.visit('/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByText('Restrictions and labels').click();
    const dialog = page.getByRole('dialog');
    const create = dialog.getByRole('button', { name: 'Create' });
    const isInSight = async () => {
      const { y, height } = (await create.boundingBox()) ?? { y: Infinity, height: 0 };
      return y >= 0 && y + height <= 600;
    };
    expect(
      await console.run(`(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)(
      document.querySelector('dialog[open]'))`),
    ).toBe(true);
    expect(await isInSight()).toBe(true);
    // The last field is not below them when it has the focus.
    const last = dialog.locator('textarea').last();
    await last.focus();
    const [field, button] = [await last.boundingBox(), await create.boundingBox()];
    expect((field?.y ?? Infinity) + (field?.height ?? 0)).toBeLessThanOrEqual(button?.y ?? 0);
    expect(await isInSight()).toBe(true);
    await console.expectAccessible();
    await page.keyboard.press('Escape');
  });
});

async function makeRule(): Promise<void> {
  const body = { name: 'Warm', condition: 'temperature > 90', bucketId: home.bucketId, dataSourceId: home.climateId };
  expect((await server.call('POST', '/api/alerts', { key: server.adminKey, body })).status).toBe(201);
}
