// npm test leaves this out: screens of an operator in a browser. first-load opens the overview.
// The screens of the operator: the overview, the audit log and the server.
import { readFileSync } from 'node:fs';
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { makeKey, makeOrganization } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0', DAKKIO_QUERIES_AT_ONCE: '16', DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: object, key = server.adminKey) =>
  server.call(method, path, { key, body });

describeInBrowser('For the operator', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn();
  });
  afterEach(() => console.expectNoComplaints());

  describe('the overview', () => {
    it('leads to the first steps while there is no bucket, and says what is well', async () => {
      const key = await makeOrganization(server);
      const other = await ConsolePage.open(browser, server);
      await other.signIn(key);
      await other.page.getByRole('heading', { name: 'Get started' }).waitFor();
      const { body } = await call('POST', '/api/buckets', { name: 'First' }, key);
      await other.visit('/overview');
      await other.page.getByText('No points yet').waitFor();
      await other.expectAccessible();
      const of = { bucketId: body.bucket._id as string };
      const source = await call(
        'POST',
        `/api/buckets/${of.bucketId}/sources`,
        { name: 'Door', schema: { t: 'number' } },
        key,
      );
      const dataSourceId = source.body.dataSource._id as string;
      expect((await call('POST', '/api/data', { ...of, dataSourceId, values: { t: 1 } }, key)).status).toBe(201);
      await other.visit('/buckets');
      await other.visit('/overview');
      await other.page.getByText('All is well').waitFor();
      expect(await other.page.locator('.card .badge').allInnerTexts()).toEqual(['none', 'none', 'none', 'none']);
      await other.expectAccessible();
      other.expectNoComplaints();
      await other.close();
    });

    it('shows what needs a look, and leads there', async () => {
      const { bucketId, climateId, powerId } = home;
      const rule = { bucketId, dataSourceId: climateId, condition: 'temperature > 50' };
      const { body } = await call('POST', '/api/alerts', {
        ...{ ...rule, name: 'Too warm', webhookUrl: 'http://127.0.0.1:9/' },
      });
      expect((await call('POST', `/api/alerts/${body.alertRule._id}/test`)).status).toBe(200);
      await call('POST', '/api/data', { bucketId, dataSourceId: climateId, values: { temperature: 60 } });
      const soon = new Date(Date.now() + 3 * 86_400_000 + 60_000).toISOString();
      const guest = await makeKey(server, bucketId, 'read', { name: 'Guest house', expiresAt: soon });
      const { page } = console;
      const card = (title: string) => page.locator('.card').filter({ has: page.getByRole('heading', { name: title }) });
      await page.reload();
      await console.visit('/overview');
      await card('Firing alerts').getByRole('link', { name: 'Too warm' }).waitFor();
      await card('Firing alerts').getByText('temperature > 50 · Home').waitFor();
      expect(await card('Firing alerts').innerText()).toMatch(/1\s+Too warm.*just now.*temperature > 50 · Home/s);
      expect(await card('Silent data sources').innerText()).toMatch(/1\s+Power meter\s+2 days ago\s+Home/);
      expect(await card('Failed notifications').innerText()).toContain('1 alert rule did not reach the webhook');
      expect(await card('Keys to look at').innerText()).toMatch(/1\s+Guest house\s+ends in 3 days/);
      expect(await card('Points a day').innerText()).toMatch(/points\s+290/);
      expect(await card('Points a day').innerText()).toMatch(/accepted requests this month.*may be missing/s);
      expect(await page.getByRole('img', { name: /^A bar for each of 30 days/ }).count()).toBe(1);
      expect(await page.getByText('All is well').count()).toBe(0);
      await console.expectAccessible();
      await card('Keys to look at').getByRole('link', { name: 'Guest house' }).click();
      await page.getByRole('heading', { name: 'Guest house' }).waitFor();
      expect(page.url()).toContain(`${bucketId}/${guest._id}`);
      await console.visit('/overview');
      await card('Silent data sources').getByRole('link', { name: 'Power meter' }).click();
      await console.until(`location.hash.startsWith('#/buckets/${bucketId}/sources/${powerId}')`);
      await page.locator('.chart, .empty').first().waitFor();
    });
  });

  it('is told where the overview does not look through everything', async () => {
    const { page } = console;
    const row = (id: number, lastDataAt: string | null) => ({
      ...{ _id: String(id).padStart(24, '0'), bucketId: home.bucketId, name: `Machine ${id}`, stats: { lastDataAt } },
    });
    let pages = 0;
    let lastDataAt: string | null = null;
    await page.route('**/api/sources?*', (route) => {
      pages += 1;
      const pagination = { total: 9000, limit: 1000, offset: 0, hasMore: true };
      return route.fulfill({ json: { dataSources: [row(pages, lastDataAt)], pagination } });
    });
    const card = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'Silent data sources' }) });
    await console.visit('/keys');
    await console.visit('/overview');
    await card.getByText('None among the first 3 data sources. There are more.').waitFor();
    expect(await card.locator('.badge').count()).toBe(0);
    lastDataAt = '2020-01-01T00:00:00.000Z';
    await console.visit('/keys');
    await console.visit('/overview');
    await card.getByText('Among the first 3 data sources. There are more.', { exact: true }).waitFor();
    expect(await card.locator('.badge').innerText()).toBe('3+');
    await console.expectAccessible();
    await page.unroute('**/api/sources?*');
  });

  describe('the audit log', () => {
    it('tells who did what in sentences, with links and details', async () => {
      const doomed = await makeKey(server, home.bucketId, 'read', { name: 'Guest' });
      await call('DELETE', `/api/buckets/${home.bucketId}/keys/${doomed._id}`);
      await call('PATCH', `/api/buckets/${home.bucketId}`, { description: 'Ours' });
      const { page } = console;
      // It has read names of buckets before.
      await console.visit('/keys');
      await console.visit('/audit');
      await page.getByRole('heading', { name: 'Today' }).waitFor();
      const deleted = page.locator('.audit-entry').filter({ hasText: 'deleted Read key ‘Guest’ in ‘Home’' });
      await deleted.waitFor();
      // A link leads to what exists; the key does not any more.
      expect(await deleted.getByRole('link').allInnerTexts()).toEqual([expect.any(String), '‘Home’']);
      await page.getByText('changed the description of bucket').waitFor();
      await deleted.getByRole('button', { name: 'Show the details' }).click();
      await deleted.getByText('apiKey.deleted').waitFor();
      await deleted.getByText(doomed._id).waitFor();
      await console.expectAccessible();
      await deleted.getByRole('button', { name: 'Only what happened to this key' }).click();
      await page.getByText('2 of 2 events').waitFor();
      expect(page.url()).toContain(`#/audit?of=${doomed._id}`);
      await page.getByText('created Read key').waitFor();
    });

    it('finds what happened to a thing by its name, or by the ID of one that was deleted', async () => {
      const { page } = console;
      await console.visit('/audit');
      const about = page.getByLabel('About', { exact: true });
      await about.fill('garage');
      await page.keyboard.press('Enter');
      await page.getByText('Choose one of the list, or paste an ID').waitFor();
      await console.expectAccessible();
      await about.fill('wall (key');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'About Wall' }).click();
      await console.until(`location.hash === '#/audit'`);
      await about.fill('Home (bucket)');
      await console.until(`location.hash === '#/audit?of=${home.bucketId}'`);
      await page.getByText('created bucket').waitFor();
      await page.getByRole('button', { name: 'About Home' }).click();
      await about.fill('f'.repeat(24));
      await page.keyboard.press('Enter');
      await page.getByText('No event matches').waitFor();
      await page.getByRole('button', { name: 'Show everything' }).click();
    });

    it('keeps the filter in the address, and gives what it shows as CSV and curl', async () => {
      const { page } = console;
      await console.visit('/audit');
      await page.getByLabel('Kind').selectOption({ label: 'Key created' });
      await page.getByLabel('Bucket').selectOption({ label: 'Home' });
      await console.until(`location.hash === '#/audit?action=apiKey.created&bucket=${home.bucketId}'`);
      await page.getByText(/^4 of 4 events$/).waitFor();
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'The events below as CSV' }).click(),
      ]);
      const rows = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n');
      expect(rows).toHaveLength(5);
      expect(rows[1]).toContain('created Read key ‘Guest’ in ‘Home’');
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'Copy as curl' }).click();
      await page.getByText('Copied, with YOUR_API_KEY').waitFor();

      await page.getByLabel('To', { exact: true }).fill('2020-01-01');
      await page.getByText('No event matches').waitFor();
      await console.expectAccessible();
      await page.getByRole('button', { name: 'Show everything' }).click();
      await console.until(`location.hash === '#/audit'`);
      await page.getByRole('heading', { name: 'Today' }).waitFor();
    });

    it('reads on by cursor', async () => {
      const keys = Array.from({ length: 110 }, (_, index) => ({ name: `TV ${index}`, type: 'read' }));
      expect((await call('POST', `/api/buckets/${home.bucketId}/keys/bulk`, { keys })).status).toBe(201);
      const { page } = console;
      await page.reload();
      await console.visit(`/audit?bucket=${home.bucketId}`);
      await page.getByText(/^100 of /).waitFor();
      await page.getByRole('button', { name: 'Show earlier events' }).click();
      await page.getByText(/^1[12]\d of 1[12]\d events$/).waitFor();
      await page.getByText('created bucket').waitFor();
    });
  });

  describe('the server', () => {
    it('shows what runs, how full it is, its settings and how to back it up', async () => {
      const { page } = console;
      await console.visit('/server');
      await page.getByText('ready', { exact: true }).waitFor();
      expect(await page.locator('.meter').allInnerTexts()).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^Running queries\s+\d of 16$/),
          expect.stringMatching(/^Live streams\s+0 of 2,000$/),
        ]),
      );
      expect(await page.locator('.command-text').innerText()).toMatch(
        ON_POSTGRES ? /^pg_dump .*"\$DATABASE_URL"$/ : /^sqlite3 .*VACUUM INTO/,
      );
      await page.getByLabel('Find a setting').fill('at once');
      await page.getByText('1 setting', { exact: true }).waitFor({ state: 'detached' });
      await page.getByLabel('Find a setting').fill('queries_at_once');
      await page.getByText('1 setting', { exact: true }).waitFor();
      expect(await page.locator('.server-setting').innerText()).toMatch(
        /DAKKIO_QUERIES_AT_ONCE\s+16\s+set\s+default 8\s+\w+ .*quer/,
      );
      expect(page.url()).toContain('#/server?q=queries_at_once');
      await page.getByLabel('Find a setting').fill('');
      await console.expectAccessible();
      await page.getByLabel('Only those that were set').check();
      expect(await page.locator('.server-settings').innerText()).not.toContain('dakkio_a_');
    });

    it('keeps itself up to date', async () => {
      const { page } = console;
      await console.visit('/server');
      const before = await page.locator('.facts').first().innerText();
      await console.until(`document.querySelector('.facts')?.innerText !== ${JSON.stringify(before)}`);
    });

    it('says to other organizations why it shows them nothing', async () => {
      const other = await ConsolePage.open(browser, server);
      await other.signIn(await makeOrganization(server));
      other.allow(/403/);
      await other.visit('/server');
      await other.page.getByText('Only Admin keys of the first organization').waitFor();
      await other.expectAccessible();
      other.expectNoComplaints();
      await other.close();
    });
  });
});
