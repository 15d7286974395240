// npm test leaves this out: many things of a kind in a browser. keys and source show these screens.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeBucket, makeKey, makeSource } from '../support/make';
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

    await page.getByRole('button', { name: 'New data source' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Soil');
    await page.getByLabel('Name of field 1').fill('moisture');
    await page.getByLabel('Unit of field 1').fill('%');
    await page.getByRole('button', { name: 'Add a field' }).click();
    await page.getByLabel('Name of field 2').fill('moisture');
    await page.getByLabel('Type of field 2').selectOption('boolean');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Another field has this name').first().waitFor();
    // What was typed in is not lost by a key or a click beside it.
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await console.expectAccessible();
    await page.getByLabel('Name of field 2').fill('dry');
    await page.getByRole('button', { name: 'Create' }).click();
    const created = page.getByRole('list', { name: 'Data sources that you have created here' });
    await created.getByText('Soil').waitFor();
    await console.expectAccessible();
    const soil = await created.locator('code').innerText();
    expect(await page.getByLabel('Data source ID').inputValue()).toBe(soil);
    const program = await page.getByRole('region', { name: 'Command' }).innerText();
    expect(program).toContain(`"dataSourceId":"${soil}","values":{"moisture":21.5,"dry":true}`);
    // The key that signed in is not kept, and the key of the session is for the console alone.
    expect(program).toContain('X-API-Key: YOUR_WRITE_KEY');
    expect(await page.getByLabel('Field', { exact: true }).inputValue()).toBe('moisture');
    const source = await server.call('GET', `/api/buckets/${bucketId}/sources/${soil}`, { key: server.adminKey });
    expect(source.body.dataSource.schema).toEqual({
      moisture: { type: 'number', unit: '%' },
      dry: { type: 'boolean' },
    });

    await page.getByLabel('Data source ID').fill(sourceId);
    await page.getByLabel('Field', { exact: true }).fill('t');
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

  it('leads from the bucket of a Write key to a new data source', async () => {
    const bucketId = await makeBucket(server, 'Shed');
    const { key } = await makeKey(server, bucketId, 'write');
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn(key);
    await page.getByRole('heading', { name: 'Shed' }).waitFor();
    await page.getByRole('button', { name: 'New data source' }).click();
    await page.keyboard.type('Door');
    await page.getByLabel('Name of field 1').fill('open');
    await page.getByLabel('Type of field 1').selectOption('boolean');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Door' }).waitFor();
    await page.getByText('No points yet').waitFor();
    // A key that can list them chooses a data source and a field by their names.
    await console.visit('/key');
    await page.getByLabel('Data source', { exact: true }).selectOption('Door');
    expect(await page.getByLabel('Field', { exact: true }).inputValue()).toBe('open');
    await page.getByLabel('Value').fill('true');
    await page.keyboard.press('Enter');
    await page.getByText('Stored: open true').waitFor();
    await console.expectAccessible();
    console.expectNoComplaints();
    await console.close();
  });

  it('offers no new data source to a key that is restricted to one', async () => {
    const bucketId = await makeBucket(server, 'Barn');
    const dataSourceId = await makeSource(server, bucketId);
    const { key } = await makeKey(server, bucketId, 'write', { dataSourceId });
    const console = await ConsolePage.open(browser, server);
    await console.signIn(key);
    await console.visit('/key');
    await console.page.getByRole('button', { name: 'Send' }).waitFor();
    expect(await console.page.getByRole('button', { name: 'New data source' }).count()).toBe(0);
    await console.page.getByText(`"dataSourceId":"${dataSourceId}","values":{"t":21.5}`).waitFor();
    console.expectNoComplaints();
    await console.close();
  });
});
