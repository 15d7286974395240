// npm test leaves this out: screens of an operator in a browser. first-load opens the overview.
// Editing and deleting buckets and data sources.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

describeInBrowser('More actions', (browser) => {
  let console: ConsolePage;
  const open = async (key?: string) => {
    console = await ConsolePage.open(browser, server);
    await console.signIn(key);
  };
  afterEach(async () => {
    console.expectNoComplaints();
    await console.close();
  });

  const dialog = () => console.page.getByRole('dialog').filter({ has: console.page.getByRole('heading') });
  const button = (name: string) => console.page.getByRole('button', { name, exact: true });
  const choose = async (name: string) => {
    await button('More actions').click();
    await console.page.getByRole('menuitem', { name }).click();
    await dialog().waitFor();
  };
  const get = async (path: string) => (await server.call('GET', path, { key: server.adminKey })).body;

  it('change the name, the retention and the state of a bucket', async () => {
    await open();
    const { page } = console;
    const id = await makeBucket(server, 'Barn');
    await server.call('PATCH', `/api/buckets/${id}`, { key: server.adminKey, body: { retentionDays: 45 } });
    await console.visit(`/buckets/${id}`);
    await choose('Edit');
    const retention = dialog().getByLabel('Keep points');
    expect(await retention.locator('option:checked').innerText()).toBe('45 days');
    await retention.selectOption({ label: '30 days' });
    await page.getByText('Older points are hidden at once').waitFor();
    await retention.selectOption({ label: '90 days' });
    expect(await page.getByText('Older points are hidden at once').count()).toBe(0);
    await dialog().getByLabel('Name').fill('Stable');
    await dialog().getByLabel('Description').fill('North');
    await dialog().getByLabel('Archived').check();
    await console.expectAccessible();
    await button('Save').click();
    await page.getByRole('heading', { name: 'Stable' }).waitFor();
    await page.getByText('archived', { exact: true }).waitFor();
    expect((await get(`/api/buckets/${id}`)).bucket).toMatchObject({
      ...{ name: 'Stable', description: 'North', retentionDays: 90, status: 'archived' },
    });
  });

  it('delete a bucket after its name is typed, and say what is deleted', async () => {
    await open();
    const { page } = console;
    const id = await makeBucket(server, 'Old shed');
    const source = { name: 'Pump', schema: { flow: 'number' } };
    const made = await server.call('POST', `/api/buckets/${id}/sources`, { key: server.adminKey, body: source });
    const point = { bucketId: id, dataSourceId: made.body.dataSource._id, values: { flow: 1 } };
    expect((await server.call('POST', '/api/data', { key: server.adminKey, body: point })).status).toBe(201);
    await console.visit(`/buckets/${id}`);
    await choose('Delete');
    await page.getByText('It has 1 data source with 1 point').waitFor();
    expect(await button('Delete bucket').isDisabled()).toBe(true);
    await console.expectAccessible();
    await page.keyboard.type('Old shed');
    await button('Delete bucket').click();
    await page.getByRole('heading', { name: 'Buckets', exact: true }).waitFor();
    await page.getByText('Old shed is deleted with its 1 point').waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Old shed' }).waitFor({ state: 'detached' });
    expect((await server.call('GET', `/api/buckets/${id}`, { key: server.adminKey })).status).toBe(404);
  });

  it('change and delete a data source', async () => {
    await open();
    const { page } = console;
    await console.visit(`/buckets/${home.bucketId}/sources/${home.powerId}`);
    await choose('Edit');
    await dialog().getByLabel('Name', { exact: true }).fill('Main meter');
    await console.expectAccessible();
    await button('Save').click();
    await dialog().waitFor({ state: 'detached' });
    expect(await console.heading().innerText()).toBe('Main meter');
    await choose('Delete');
    await page.getByText(/Its \d+ points? and its alert rules/).waitFor();
    await page.keyboard.type('Main meter');
    await button('Delete data source').click();
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.getByText('Main meter is deleted').waitFor();
    await page.getByRole('link', { name: 'Living room' }).waitFor();
    await page.getByRole('link', { name: 'Main meter' }).waitFor({ state: 'detached' });
  });

  it('change the units of a data source, and add fields', async () => {
    await open();
    const lines = 'meter,room=hall Total\\ power=5,phase="L1" 1700000000';
    const written = await fetch(`${server.url}/api/v2/write?bucket=Home&precision=s`, {
      method: 'POST',
      headers: { 'X-API-Key': server.adminKey },
      body: lines,
    });
    expect(written.status).toBe(204);
    const { dataSources } = await get(`/api/buckets/${home.bucketId}/sources?measurement=meter`);
    const path = `/api/buckets/${home.bucketId}/sources/${dataSources[0]._id}`;
    const about = { description: 'Sum of all phases', required: false };
    const schema = { 'Total power': { type: 'number', unit: 'kW', ...about } };
    expect(await server.call('PATCH', path, { key: server.adminKey, body: { schema } })).toMatchObject({ status: 200 });

    await console.visit(path.slice('/api'.length));
    await choose('Edit');
    expect(await dialog().getByLabel('Unit of Total power').inputValue()).toBe('kW');
    await dialog().getByLabel('Unit of Total power').fill('');
    await dialog().getByLabel('Unit of phase').fill(' V ');
    await button('Add a field').click();
    await dialog().getByLabel('Name of field 3').fill('phase');
    await dialog().getByLabel('Type of field 3').selectOption({ label: 'True or false' });
    await console.expectAccessible();
    await button('Save').click();
    await dialog().getByText('Another field has this name').waitFor();
    await dialog().getByLabel('Name of field 3').fill('is_on');
    await button('Save').click();
    await dialog().waitFor({ state: 'detached' });
    expect((await get(path)).dataSource.schema).toEqual({
      'Total power': { type: 'number', ...about },
      phase: { type: 'string', unit: 'V' },
      is_on: { type: 'boolean' },
    });
  });

  it('offer what the key may do: a Write key deletes no points, a Read key changes nothing', async () => {
    await open(home.writeKey);
    await console.visit(`/buckets/${home.bucketId}`);
    expect(await button('More actions').count()).toBe(0);
    await console.visit(`/buckets/${home.bucketId}/sources/${home.climateId}`);
    await button('More actions').click();
    expect(await console.page.getByRole('menuitem').allInnerTexts()).toEqual(['Edit']);
    console.expectNoComplaints();
    await console.close();
    await open(home.readKey);
    await console.visit(`/buckets/${home.bucketId}/sources/${home.climateId}`);
    expect(await button('More actions').count()).toBe(0);
  });
});
