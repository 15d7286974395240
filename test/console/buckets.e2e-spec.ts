// npm test leaves this out: lists in a browser. start and source open these screens.
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

describeInBrowser('Buckets', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn();
  });
  afterEach(() => console.expectNoComplaints());

  it('lists them, and leads from one to its data sources and to a chart', async () => {
    const { page } = console;
    await console.visit('/buckets');
    await page.getByLabel('Find a bucket').fill('garage');
    await page.getByText('No bucket has this name').waitFor();
    expect(page.url()).toContain('#/buckets?q=garage');
    await page.getByLabel('Find a bucket').fill('hom');
    await page.getByRole('link', { name: 'Home' }).waitFor();
    await console.expectAccessible();
    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.getByRole('img', { name: /of Living room, last 24 hours/ }).waitFor();
    // What was silent comes first.
    expect(await page.locator('tbody tr').first().innerText()).toMatch(/Power meter.*2 days ago/s);
    expect(await page.locator('tbody tr').nth(1).innerText()).toMatch(
      /Living room.*minute.*temperature.*°C.*humidity.*%/s,
    );
    await console.expectAccessible();
    await page.getByRole('link', { name: 'Living room' }).click();
    await page.locator('.chart canvas').waitFor();
    await console.expectAccessible();
  });

  it('shows new points as they come', async () => {
    await console.visit(`/buckets/${home.bucketId}`);
    await console.page.getByText('live', { exact: true }).waitFor();
    const point = { dataSourceId: home.powerId, values: { power: 1234 } };
    await server.call('POST', '/api/data', { key: server.adminKey, body: { bucketId: home.bucketId, ...point } });
    await console.page.getByText('1,234').waitFor({ timeout: 15_000 });
  });

  it('creates one in a dialog that keeps and gives back the focus', async () => {
    const { page } = console;
    await console.visit('/buckets');
    await page.getByRole('button', { name: 'New bucket' }).click();
    await console.expectAccessible();
    await page.keyboard.press('Escape');
    expect(await console.run('document.activeElement?.textContent')).toBe('New bucket');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Greenhouse');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Greenhouse' }).waitFor();
    await page.getByText('No data source yet').waitFor();
    await console.expectAccessible();
  });

  it('moves through a long list by keyboard, with few rows in the page', async () => {
    for (let index = 0; index < 120; index++) await makeBucket(server, `Bucket ${index}`);
    const { page } = console;
    await page.reload();
    await console.visit('/buckets');
    await page.locator('[data-virtual]').waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(80);
    await page.locator('tbody tr[tabindex="0"]').focus();
    await page.keyboard.press('End');
    await console.until(`document.activeElement?.getAttribute('data-index') === '121'`);
    await page.keyboard.press('ArrowUp');
    await console.until(`document.activeElement?.getAttribute('data-index') === '120'`);
    const name = (await console.run(`document.activeElement?.querySelector('a')?.textContent ?? ''`)) as string;
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name }).waitFor();
  });
});

describeInBrowser('A server that is gone', (browser) => {
  it('leaves what was read in sight, and everything is read again when it is back', async () => {
    const console = await ConsolePage.open(browser, server);
    await console.signIn();
    console.allow(/ERR_CONNECTION_REFUSED|ERR_FAILED|Failed to load resource/);
    await console.visit(`/buckets/${home.bucketId}`);
    await console.visit('/buckets');
    await console.page.route('**/*', (route) => route.abort('connectionrefused'));
    await console.follow(`/buckets/${home.bucketId}`);
    await console.page.getByText('The server cannot be reached since').waitFor();
    await console.page.unroute('**/*');
    await console.page.getByText('Living room').waitFor();
    await console.page.getByText('The server cannot be reached since').waitFor({ state: 'detached' });
    await console.close();
  });
});
