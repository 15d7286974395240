// npm test leaves this out: many things of a kind in a browser. keys and source show these screens.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  bucketId = await makeBucket(server, 'Greenhouse');
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, ...(body && { body }) });

describeInBrowser('Many keys', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn();
  });
  afterEach(() => console.expectNoComplaints());

  const dialog = () => console.page.getByRole('dialog');
  const button = (name: string) => console.page.getByRole('button', { name, exact: true });
  const row = (name: string) => console.page.locator('tbody tr', { hasText: name });

  it('creates many from a table, with errors by line, and stores them as CSV', async () => {
    const { page } = console;
    console.allow(/400/);
    await console.visit(`/keys?bucket=${bucketId}`);
    await button('From CSV').click();
    await page.getByLabel('Table').fill('name;type\nOne;write\n\nTwo;admin\n');
    await page.getByText('Line 4: The type is “admin” and must be write or read').waitFor();
    expect(
      await dialog()
        .getByRole('button', { name: /^Create/ })
        .isDisabled(),
    ).toBe(true);
    await page.getByLabel('Table').fill('name;type;allowedIps\nOne;write;\n\nTwo;read;nowhere\n');
    await button('Create 2 keys').click();
    await page.getByText(/^Line 4: allowedIps must hold/).waitFor();
    await console.expectAccessible();
    await page.getByLabel('File').setInputFiles({
      name: 'keys.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('name,type,rateLimit\n"One, upstairs",write,5/60\nTwo,read,\n'),
    });
    await button('Create 2 keys').click();
    await dialog().getByLabel('Keys', { exact: true }).waitFor();
    await console.expectAccessible();
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await button('Download').click();
    expect((await download).suggestedFilename()).toBe('keys-Greenhouse.csv');
    const csv = await dialog().getByLabel('Keys', { exact: true }).inputValue();
    expect(csv).toMatch(
      /^_id,name,type,key,rateLimit\n\w+,"One, upstairs",write,dakkio_w_\w+,5\/60\n\w+,Two,read,dakkio_r_\w+,$/,
    );
    await button('I stored it').click();
    await row('One, upstairs').getByText('never', { exact: true }).waitFor();
  });

  it('stays quick with 1,000 keys, of which few rows are in the page', async () => {
    const keys = Array.from({ length: 500 }, (_, index) => ({ name: `Sensor ${index}`, type: 'write' }));
    for (const name of ['North', 'South']) {
      const other = await makeBucket(server, name);
      expect((await call('POST', `/api/buckets/${other}/keys/bulk`, { keys })).status).toBe(201);
    }
    const { page } = console;
    await console.visit('/keys?sort=name');
    await page.reload();
    await console.settled();
    const usage: string[] = [];
    page.on('request', (request) => request.url().includes('/api/usage') && usage.push(request.url()));
    const rows = () => console.run(`Number(document.querySelector('.table').getAttribute('aria-rowcount')) - 1`);
    await page.locator('tbody tr[tabindex="0"]').focus();
    const begun = performance.now();
    const total = (await call('GET', '/api/keys?type=all&limit=1')).body.pagination.total as number;
    for (let known = Number(await rows()); known < total; known = Number(await rows())) {
      await page.keyboard.press('End');
      await console.until(`document.activeElement?.dataset.index === '${known - 1}'`);
      await console.until(`Number(document.querySelector('.table').getAttribute('aria-rowcount')) - 1 > ${known}`);
    }
    expect(performance.now() - begun).toBeLessThan(10_000);
    await page.keyboard.press('End');
    await row('Two').getByText('never', { exact: true }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(80);
    await console.until(`document.querySelectorAll('.keys-usage').length > 20`);
    // One call for each page of 200 keys; the first one came before.
    expect(usage.length).toBe(5);
  });
});
