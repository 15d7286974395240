// npm test leaves this out: screens of an operator in a browser. first-load opens the overview.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

describeInBrowser('Sharing', (browser) => {
  let admin: ConsolePage;
  beforeAll(async () => {
    admin = await ConsolePage.open(browser, server);
    await admin.signIn();
  });
  afterEach(() => admin.expectNoComplaints());

  const button = (name: string) => admin.page.getByRole('button', { name, exact: true });
  const keysOfBucket = async () => {
    const { body } = await server.call('GET', `/api/buckets/${home.bucketId}/keys?q=Shared`, { key: server.adminKey });
    return body.apiKeys as { _id: string; type: string; dataSourceId?: string; expiresAt: string }[];
  };
  /** Makes the link of the open dialog, and stores it. */
  const makeLink = async () => {
    await button('Create link').click();
    const link = await admin.page.getByRole('dialog').getByLabel('Link', { exact: true }).inputValue();
    await button('QR code').click();
    await admin.page.getByRole('img', { name: 'Link as a QR code' }).waitFor();
    await admin.expectAccessible();
    await button('Copy link').click();
    await button('I stored it').click();
    return link;
  };
  /** Opens a link in another browser. */
  const open = (link: string) => ConsolePage.open(browser, server, { path: link.slice(link.indexOf('#') + 1) });

  it('of a data source opens it as it is shown, read-only, and nothing else', async () => {
    await admin.visit(`/buckets/${home.bucketId}/sources/${home.climateId}?range=6h&fields=temperature`);
    await button('Share').click();
    await admin.page.getByText('Over plain HTTP, others in the same network can read the key').waitFor();
    await admin.expectAccessible();
    const link = await makeLink();
    expect(link).toContain(
      `http://dakkio.test:${server.port}/#/buckets/${home.bucketId}/sources/${home.climateId}?range=6h&fields=temperature&k=dakkio_r_`,
    );
    const [made] = await keysOfBucket();
    const days = (Date.parse(made?.expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(made).toMatchObject({ type: 'read', dataSourceId: home.climateId });
    expect(Math.round(days)).toBe(30);

    const guest = await open(link);
    await guest.settled();
    await guest.page.locator('.chart canvas').waitFor();
    expect(guest.page.url()).toBe(link.replace(/&k=.*/, ''));
    expect(await guest.page.getByRole('button', { name: 'Share' }).count()).toBe(0);
    await guest.visit(`/buckets/${home.bucketId}`);
    await guest.page.getByText('1 data source', { exact: true }).waitFor();
    expect(await guest.page.getByText('Power meter').count()).toBe(0);
    guest.expectNoComplaints();
    await guest.close();
  });

  it('of a bucket shows all of it until its key is revoked', async () => {
    await admin.visit(`/buckets/${home.bucketId}`);
    await button('Share').click();
    await admin.page.getByLabel('The link expires').selectOption('7');
    await admin.page.getByText('More', { exact: true }).click();
    await admin.page.getByLabel('Name of the key').fill('Shared with Ada');
    await admin.page.getByLabel('Only from these addresses').fill('127.0.0.1, ::1');
    const guest = await open(await makeLink());
    await guest.settled();
    await guest.page.getByText('2 data sources').waitFor();
    guest.expectNoComplaints();

    await admin.page.getByRole('link', { name: 'Keys' }).last().click();
    const row = admin.page.locator('tbody tr', { hasText: 'Shared with Ada' });
    await row.getByText('expires in 6 d 23 h').waitFor();
    expect(admin.page.url()).toContain(`#/keys?bucket=${home.bucketId}`);
    await row.getByRole('button').click();
    await admin.page.getByRole('menuitem', { name: 'Revoke' }).click();
    await admin.page.getByLabel('Type “Shared with Ada” to confirm').fill('Shared with Ada');
    await button('Revoke').click();
    await row.waitFor({ state: 'detached' });
    guest.allow(/401/);
    await guest.page.reload();
    await guest.page.getByText('The session has ended').waitFor();
    await guest.close();
  });

  it('says where a link opens on this computer only', async () => {
    const own = await ConsolePage.open(browser, server, { host: 'localhost', path: `/buckets/${home.bucketId}` });
    await own.signIn();
    await own.page.getByRole('button', { name: 'Share' }).click();
    await own.page.getByText('it works on this computer only').waitFor();
    own.expectNoComplaints();
    await own.close();
  });
});
