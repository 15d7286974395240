// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { startApp, type TestApp } from '../support/test-app';

const NONE = '000000000000000000000000';
const REFUSED = /status of 40[34]/;

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

/** Screens of what does not exist, with what they say, and the link that leads on to a screen. */
const ADMIN_SCREENS = [
  ['/buckets/:none', 'Bucket not found', 'All buckets', 'Buckets'],
  ['/buckets/:bucket/sources/:none', 'Data source not found', 'All data sources', 'Home'],
  ['/keys/:bucket/:none', 'API key not found', 'All keys', 'Keys'],
  ['/keys/:none', 'API key not found', 'All keys', 'Keys'],
  ['/alerts/:none', 'Alert rule not found', 'All alerts', 'Alerts'],
  ['/alerts/:none/edit', 'Alert rule not found', 'All alerts', 'Alerts'],
  ['/alerts/new?bucket=:bucket&source=:none', 'Data source not found', 'Choose a data source', 'New alert'],
] as const;

const pathOf = (path: string) => path.replaceAll(':none', NONE).replaceAll(':bucket', home.bucketId);

describeInBrowser('A page of what does not exist', (browser) => {
  it('says so, and leads an Admin key to what there is', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    console.allow(REFUSED);
    await console.signIn();
    for (const [path, sentence, link, heading] of ADMIN_SCREENS) {
      await console.visit(pathOf(path));
      const alert = page.getByRole('alert').filter({ hasText: sentence });
      await alert.getByRole('link', { name: link }).click();
      await console.settled();
      expect({ path, heading: await console.heading().innerText() }).toEqual({ path, heading });
    }
    await console.visit(pathOf('/alerts/:none'));
    await console.expectAccessible();
    console.expectNoComplaints();
    await console.close();
  });

  it('leads a Read key from another bucket to its own', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    console.allow(REFUSED);
    await console.signIn(home.readKey);
    await console.visit(pathOf('/buckets/:none'));
    expect(await console.heading().innerText()).toBe('Bucket');
    await page.getByRole('alert').getByRole('link', { name: 'Go to the start' }).click();
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    console.expectNoComplaints();
    await console.close();
  });
});
