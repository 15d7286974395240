// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  bucketId = await makeBucket(server, 'Machines');
  const lines = ['cpu,host=a,site=north idle=71', 'cpu,host=b,site=north idle=82', 'mem,host=a,site=north used=5'];
  const written = await fetch(`${server.url}/api/v2/write?bucket=${bucketId}`, {
    method: 'POST',
    headers: { 'X-API-Key': server.adminKey },
    body: lines.join('\n'),
  });
  expect(written.status).toBe(204);
});
afterAll(() => server.stop());

describeInBrowser('Series of line protocol', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    await console.signIn((await makeKey(server, bucketId, 'read')).key);
  });
  afterEach(() => console.expectNoComplaints());
  const rows = () => console.page.locator('tbody tr');

  it('show their tags, which filter the list one after another', async () => {
    const { page } = console;
    await console.visit(`/buckets/${bucketId}`);
    await page.getByText('3 data sources').waitFor();
    await console.expectAccessible();
    await rows().filter({ hasText: 'mem' }).getByRole('link', { name: 'host=a' }).click();
    await page.getByText('2 data sources').waitFor();
    await page.getByLabel('Measurement').selectOption('cpu');
    await page.getByText('1 data source', { exact: true }).waitFor();
    expect(await rows().allInnerTexts()).toEqual([expect.stringMatching(/^cpu\s*host=a\s*site=north\s/)]);
    await console.expectAccessible();

    await page.getByRole('link', { name: 'host=a, remove this filter' }).click();
    await page.getByText('2 data sources').waitFor();
    await page.goBack();
    await page.getByText('1 data source', { exact: true }).waitFor();
    await console.visit(`/buckets/${bucketId}?tag=host:none`);
    await page.getByRole('link', { name: 'Show all data sources' }).click();
    await page.getByText('3 data sources').waitFor();
  });

  it('show their tags on their pages, which lead to the others with the same tag', async () => {
    const { page } = console;
    await console.visit(`/buckets/${bucketId}`);
    await rows().filter({ hasText: 'mem' }).getByRole('link', { name: 'mem' }).click();
    await console.settled();
    expect(await console.heading().innerText()).toBe('mem');
    await console.expectAccessible();
    await page.getByRole('link', { name: 'site=north' }).click();
    await page.getByText('3 data sources').waitFor();
  });
});
