// npm test leaves this out: many things of a kind in a browser. keys and source show these screens.
import type { CDPSession } from 'playwright-core';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const SOURCES = 1000;
const MINUTE = 60_000;
const YEAR_MINUTES = 365 * 1440;
const BATCH = 1000;
const AT_ONCE = 20;
const SOME_ROWS = 80;

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

const store = (bucketId: string, dataPoints: readonly object[]) =>
  server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });

/** A bucket of a thousand data sources with a point each. */
async function makeMany(): Promise<{ bucketId: string; firstId: string }> {
  const bucketId = await makeBucket(server, 'Factory');
  const names = Array.from({ length: SOURCES }, (_, index) => `Machine ${index + 1}`);
  const make = async (name: string) => {
    const body = { name, schema: { load: 'number' } };
    const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key: server.adminKey, body });
    return made.body.dataSource._id as string;
  };
  const ids: string[] = [];
  for (let first = 0; first < SOURCES; first += AT_ONCE)
    ids.push(...(await Promise.all(names.slice(first, first + AT_ONCE).map(make))));
  await store(
    bucketId,
    ids.map((dataSourceId, index) => ({ dataSourceId, values: { load: index } })),
  );
  return { bucketId, firstId: ids[0] ?? '' };
}

/** A year of points at one a minute. */
async function makeYear(bucketId: string): Promise<string> {
  const body = { name: 'Boiler', schema: { temperature: { type: 'number', unit: '°C' } } };
  const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key: server.adminKey, body });
  const dataSourceId = made.body.dataSource._id as string;
  const start = Date.now() - YEAR_MINUTES * MINUTE;
  for (let first = 0; first < YEAR_MINUTES; first += BATCH) {
    const count = Math.min(BATCH, YEAR_MINUTES - first);
    const points = Array.from({ length: count }, (_, index) => ({
      dataSourceId,
      timestamp: start + (first + index) * MINUTE,
      values: { temperature: 60 + 10 * Math.sin((first + index) / 5000) },
    }));
    const { status } = await store(bucketId, points);
    if (status !== 201) throw new Error('No points were stored');
  }
  return dataSourceId;
}

describeInBrowser('A thousand data sources', (browser) => {
  it('are a list with few rows in the page, and are found by name for a chart', async () => {
    const { bucketId, firstId } = await makeMany();
    const console = await ConsolePage.open(browser, server, { path: `/buckets/${bucketId}` });
    const { page } = console;
    await console.signIn();
    await page.getByText('1,000 data sources').waitFor();
    await page.locator('[data-virtual]').waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(SOME_ROWS);
    await page.locator('tbody tr[tabindex="0"]').focus();
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'Machine 1000' }).waitFor();
    await page.getByLabel('Find a data source').fill('machine 512');
    await page.getByText('1 data source', { exact: true }).waitFor();

    await console.visit(`/buckets/${bucketId}/sources/${firstId}`);
    await page.getByRole('button', { name: /^View/ }).click();
    await page.getByLabel('Add a data source').fill('machine 770');
    const found = page.getByRole('group', { name: 'Data sources to add' }).getByRole('button');
    await found.first().waitFor();
    expect(await found.count()).toBeLessThan(SOME_ROWS);
    await console.expectAccessible();
    await page.getByRole('button', { name: 'Machine 770', exact: true }).click();
    await page.getByRole('button', { name: 'Take Machine 770 off the chart' }).waitFor();
    await page.locator('.chart-legend').getByText('Machine 770').waitFor();

    await console.visit('/alerts/new');
    await page.getByLabel('Data source').fill('machine 901');
    await page.getByRole('button', { name: /^Machine 901/ }).click();
    await page.locator('.chart canvas').waitFor();
    await console.visit('/overview');
    await page.getByRole('heading', { name: 'Silent data sources' }).waitFor();
    await page.getByText('1,002').first().waitFor();
    await console.visit('/audit');
    await page.getByText(/^100 of 1,0\d\d events$/).waitFor();
    console.expectNoComplaints();
    await console.close();
  });
});

describeInBrowser('A year of points at one a minute', (browser) => {
  it('is drawn from as many groups as a day is', async () => {
    const dataSourceId = await makeYear(home.bucketId);
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn(home.readKey);
    await console.visit(`/buckets/${home.bucketId}/sources/${dataSourceId}?range=1y`);
    await page.locator('.chart canvas').waitFor();
    // The browser keeps the sizes of responses, but not always their bodies.
    const sizes = `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/api/data/query'))
      .map(({ decodedBodySize }) => decodedBodySize)`;
    const largest = Math.max(...((await console.run(sizes)) as number[]));
    expect(largest).toBeGreaterThan(1000);
    expect(largest).toBeLessThan(100_000);
    await page.getByText('Mean and range, every 12 hours').waitFor();
    expect(await page.locator('.source-foot').innerText()).toMatch(/73\d rows/);
    await page.getByRole('button', { name: 'Where my data is' }).click();
    await console.until(`location.hash.includes('from=')`);
    await page.getByText('Mean and range, every 12 hours').waitFor();
    console.expectNoComplaints();
    await console.close();
  });
});

describeInBrowser('A tab that is open for an hour', (browser) => {
  it('takes no more memory at its end, with points arriving all the time', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    const start = Date.now() - 80 * MINUTE;
    await page.clock.install({ time: start });
    await page.reload();
    await console.signIn();
    const body = { name: 'Tank', schema: { level: 'number' } };
    const path = `/api/buckets/${home.bucketId}/sources`;
    const made = await server.call('POST', path, { key: server.adminKey, body });
    const dataSourceId = made.body.dataSource._id as string;
    await store(home.bucketId, [{ dataSourceId, timestamp: start, values: { level: 0 } }]);
    await console.visit(`/buckets/${home.bucketId}/sources/${dataSourceId}?range=1h&live=1`);
    await page.locator('.chart canvas').waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const weights: Weight[] = [];
    for (let minute = 1; minute <= 70; minute++) {
      await page.clock.runFor(MINUTE);
      const timestamp = start + minute * MINUTE;
      await store(home.bucketId, [{ dataSourceId, timestamp, values: { level: minute } }]);
      await console.until(`document.querySelector('.source-latest strong').textContent === '${minute}'`);
      await page.keyboard.press('Shift');
      if (minute === 10 || minute === 70) weights.push(await weigh(session));
    }
    const [before, after] = weights as [Weight, Weight];
    expect((after.bytes - before.bytes) / 1e6).toBeLessThan(5);
    expect(after.nodes - before.nodes).toBeLessThan(500);
    console.expectNoComplaints();
    await console.close();
  });
});

interface Weight {
  readonly bytes: number;
  readonly nodes: number;
}

/** What is left of the page in memory after its garbage was collected. */
async function weigh(session: CDPSession): Promise<Weight> {
  for (let time = 0; time < 3; time++) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const valueOf = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
  return { bytes: valueOf('JSHeapUsedSize'), nodes: valueOf('Nodes') };
}

describeInBrowser('A keyboard alone', (browser) => {
  it('signs in, opens a chart, zooms, and goes back', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    const reach = async (selector: string) => {
      for (let presses = 0; presses < 60; presses++) {
        if (await console.run(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${selector}`);
    };
    await page.getByLabel('Key', { exact: true }).waitFor();
    await reach('input');
    await page.keyboard.type(server.adminKey);
    await page.keyboard.press('Enter');
    await console.settled();
    await reach(`a[href$="${home.bucketId}"]`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await reach(`a[href$="${home.climateId}"]`);
    await page.keyboard.press('Enter');
    await page.locator('.chart canvas').waitFor();
    await reach('.chart-plot');
    await page.keyboard.press('Home');
    await page
      .locator('.chart [role="status"]')
      .getByText(/temperature/)
      .waitFor({ state: 'attached' });
    await page.keyboard.press('+');
    await console.until(`location.hash.includes('from=')`);
    await page.locator('[aria-label="Range"] [aria-pressed="true"]').waitFor({ state: 'detached' });
    expect(await console.run(`document.activeElement.matches('.chart-plot')`)).toBe(true);
    // First it takes away the cursor.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await console.until(`!location.hash.includes('from=')`);
    await console.run('history.back()');
    await console.until(`location.hash.includes('from=')`);
    console.expectNoComplaints();
    await console.close();
  });
});
