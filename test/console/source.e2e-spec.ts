import { readFileSync } from 'node:fs';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

describeInBrowser('A data source', (browser) => {
  let console: ConsolePage;
  let climate: string;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn(home.readKey);
    climate = `/buckets/${home.bucketId}/sources/${home.climateId}`;
  });
  afterEach(() => console.expectNoComplaints());

  it('shows its numbers, the latest of them, and what the query took', async () => {
    const { page } = console;
    await console.visit(climate);
    await page.locator('.chart canvas').waitFor();
    expect(await page.locator('.source-latest').innerText()).toMatch(/temperature.*°C.*humidity.*%.*minute/s);
    expect(await page.locator('.source-foot').innerText()).toMatch(/28\d rows · [\d.]+\sms/);
    await console.expectAccessible();
  });

  it('keeps what is shown in its address, and Back takes it back', async () => {
    const { page } = console;
    await console.visit(climate);
    await page.getByRole('button', { name: '6h' }).click();
    await page.getByRole('button', { name: 'Earlier' }).click();
    await console.until(`location.hash.includes('from=')`);
    // What closes a menu leaves the range as it is.
    await page.getByRole('button', { name: 'Copy as' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'CSV' }).focus();
    expect(await console.run('location.hash')).toContain('from=');
    await page.locator('.chart-plot').focus();
    await page.keyboard.press('Escape');
    await console.until(`!location.hash.includes('from=')`);
    await page.goBack();
    await console.until(`location.hash.includes('from=')`);
    await page.getByLabel('humidity').uncheck();
    await page.getByRole('button', { name: /^View/ }).click();
    await page.getByLabel('Compare with').selectOption('day');
    await console.expectAccessible();
    await page.keyboard.press('Escape');
    await page.getByText('Mean and range, every minute, and the day before').waitFor();
    await console.until(`location.hash.includes('fields=temperature') && location.hash.includes('compare=day')`);
    await page.getByText('There are no points of the day before.').waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    await page.locator('table').waitFor();
    expect(await page.locator('.chart-legend').innerText()).not.toContain('humidity');
    await console.expectAccessible();
  });

  it('zooms by a drag, and then reads what is below the pointer', async () => {
    const { page } = console;
    await console.visit(`${climate}?zone=UTC`);
    await page.locator('.chart canvas').waitFor();
    const { x, y, width } = (await page.locator('.chart .u-over').boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + width * 0.5, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.9, y + 40, { steps: 4 });
    const opened = Date.now();
    /** The chart draws its cursor, and reads a new range, some time after the mouse has moved. */
    const untilReads = (share: number) =>
      until(`the time at ${share} of a day is read`, async () => {
        const text = await page.locator('.chart-time').innerText();
        return Math.abs(Date.parse(`${text} UTC`) - (opened - (1 - share) * DAY)) < HOUR / 2;
      });
    await untilReads(0.9);
    await page.mouse.up();
    await console.until(`location.hash.includes('from=')`);
    await untilReads(0.5 + 0.9 * 0.4);
  });

  it('leads to the newest point from a range without points', async () => {
    const { page } = console;
    await console.visit(`/buckets/${home.bucketId}/sources/${home.powerId}?range=1h`);
    await page.getByText('Newest: 2 days ago').waitFor();
    await console.expectAccessible();
    await page.getByRole('button', { name: 'Go there' }).click();
    await page.locator('.chart canvas').waitFor();
  });

  it('gives its rows as CSV, and its query without the key', async () => {
    const { page } = console;
    await console.visit(`${climate}?zone=Asia/Tokyo`);
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe('Living room.csv');
    await page.getByRole('button', { name: 'Copy as' }).click();
    await page.getByRole('menuitem', { name: 'Python' }).click();
    await page.getByText('Copied for Python').waitFor();
  });

  it('gives the points themselves where there are no numbers', async () => {
    const { page } = console;
    const { bucketId } = home;
    const source = { name: 'Door', schema: { open: 'boolean', mode: 'string' } };
    const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
      key: server.adminKey,
      body: source,
    });
    const dataSourceId = body.dataSource._id as string;
    const point = { bucketId, dataSourceId, values: { open: true, mode: 'night' } };
    await server.call('POST', '/api/data', { key: server.adminKey, body: point });
    await console.visit(`/buckets/${bucketId}/sources/${dataSourceId}`);
    await page.locator('.source-strip').first().waitFor();
    await console.expectAccessible();
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    expect(readFileSync(await (await coming).path(), 'utf8')).toMatch(/open.*\n.*true/s);
  });

  it('says where strips begin that are not drawn from all points', async () => {
    const { bucketId } = home;
    const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
      key: server.adminKey,
      body: { name: 'Valve', schema: { open: 'boolean' } },
    });
    const dataSourceId = body.dataSource._id as string;
    const start = Date.UTC(2026, 0);
    const send = async (from: number, to: number) => {
      const dataPoints = Array.from({ length: to - from }, (_, index) => ({
        ...{ dataSourceId, values: { open: index % 100 < 50 } },
        timestamp: new Date(start + (from + index) * 60_000).toISOString(),
      }));
      await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
    };
    for (let from = 0; from < 10_000; from += 1000) await send(from, from + 1000);
    const range = `from=${start}&to=${start + 10_001 * 60_000}&zone=UTC`;
    await console.visit(`/buckets/${bucketId}/sources/${dataSourceId}?${range}`);
    await console.page.locator('.source-strip').waitFor();
    expect(await console.page.getByText('The strips begin').count()).toBe(0);
    await send(10_000, 10_001);
    await console.page.reload();
    await console.page.getByText('The strips begin at 01 Jan 2026, 00:01:00: they show the newest 10,000').waitFor();
    await console.expectAccessible();
  });

  it('shows a new point while it is live', async () => {
    const { page } = console;
    await console.visit(`${climate}?range=1h&fields=temperature`);
    await page.getByRole('button', { name: 'Live' }).click();
    await page.locator('.chart canvas').waitFor();
    const point = { dataSourceId: home.climateId, values: { temperature: 99.5 } };
    const body = { bucketId: home.bucketId, ...point };
    await server.call('POST', '/api/data', { key: server.adminKey, body });
    await page.locator('.chart-legend').getByText('99.5').waitFor({ timeout: 15_000 });
  });
});
