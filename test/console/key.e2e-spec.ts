import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeBucket, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp({ HOST: '0.0.0.0' })));
afterAll(() => server.stop());

describeInBrowser('Your key', (browser) => {
  it('is where a write-only key begins, and sends a test point', async () => {
    const bucketId = await makeBucket(server, 'Greenhouse');
    const sourceId = await makeSource(server, bucketId);
    const { body } = await server.call('POST', `/api/buckets/${bucketId}/keys`, {
      key: server.adminKey,
      body: { name: 'Thermometer', type: 'write', writeOnly: true },
    });
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn(body.apiKey.key as string);
    await page.getByRole('heading', { name: 'Your key' }).waitFor();
    await page.getByText('write only').waitFor();
    expect(await page.locator('dd').allInnerTexts()).toEqual(
      expect.arrayContaining(['Thermometer', 'Greenhouse', expect.stringMatching(/in 1[12] hours/)]),
    );
    await console.expectAccessible();

    await page.getByLabel('Data source ID').fill(sourceId);
    await page.getByLabel('Field').fill('t');
    await page.getByLabel('Value').fill('21.5');
    await page.keyboard.press('Enter');
    await page.getByText('Stored: t 21.5').waitFor();
    const latest = await server.call('GET', `/api/data/latest?bucketId=${bucketId}`, { key: server.adminKey });
    expect(latest.body.data[0].values).toEqual({ t: 21.5 });
    console.expectNoComplaints();

    console.allow(/400/);
    await page.getByLabel('Value').fill('warm');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await console.expectAccessible();
  });
});
