// test:all runs this on PostgreSQL too: a flow of each screen.
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
let writeKey: string;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  bucketId = await makeBucket(server, 'Greenhouse');
  const made = await makeKey(server, bucketId, 'write', { name: 'Boiler' });
  writeKey = made.key;
  await call('GET', '/api/keys/self', writeKey);
  // A Write key may not list keys: a refusal.
  await call('GET', '/api/keys', writeKey);
});
afterAll(() => server.stop());

const call = (method: string, path: string, key = server.adminKey, body?: object) =>
  server.call(method, path, { key, ...(body && { body }) });
const statusOf = async (key: string) => (await call('GET', '/api/keys/self', key)).status;

describeInBrowser('Keys', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => {
    console = await ConsolePage.open(browser, server);
    console.page.setDefaultTimeout(8_000);
    await console.signIn();
    await console.visit('/keys');
  });
  afterEach(() => console.expectNoComplaints());

  const dialog = () => console.page.getByRole('dialog');
  const button = (name: string) => console.page.getByRole('button', { name, exact: true });
  const row = (name: string) => console.page.locator('tbody tr', { hasText: name });
  const act = async (name: string, action: string) => {
    await row(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click();
    await console.page.getByRole('menuitem', { name: action }).click();
  };
  /** Waits for the key of a dialog, stores it, and returns it. */
  const store = async () => {
    const text = await dialog().getByLabel('Key', { exact: true }).inputValue();
    await button('Copy key').click();
    await button('I stored it').click();
    await dialog().waitFor({ state: 'detached' });
    return text;
  };

  it('lists all of them with their use, and filters in the address', async () => {
    const { page } = console;
    await row('Boiler').getByRole('img', { name: '1 request, 1 refused in 7 days' }).waitFor();
    expect(await row('Boiler').innerText()).toMatch(/Write\s+Greenhouse/);
    expect(await page.locator('tbody tr').count()).toBe(2);
    // What is not written yet counts.
    expect(await row('Boiler').innerText()).toMatch(/just now|second/);
    await console.expectAccessible();
    await page.getByLabel('Type').selectOption('admin');
    await row('Boiler').waitFor({ state: 'detached' });
    expect(page.url()).toContain('#/keys?type=admin');
    await page.getByLabel('With open sessions').check();
    await page.getByText('session, ends in 11 h 59 min').waitFor();
    await console.visit('/keys?unused=1');
    await page.getByText('Every key was used in the last 30 days').waitFor();
    await console.expectAccessible();
  });

  it('creates one with restrictions, in a dialog that nothing but its button closes', async () => {
    const { page } = console;
    await console.visit(`/keys?bucket=${bucketId}`);
    await button('New key').click();
    await page.getByLabel('Name').fill('Soil probe');
    await page.getByLabel('Expires').selectOption('1');
    await page.getByText('Restrictions and labels').click();
    await console.expectAccessible();
    await page.getByLabel('Write only').check();
    await page.getByLabel('Only from these addresses').fill('127.0.0.1 ::1');
    await page.getByLabel('Rate limit, requests').fill('60');
    await page.getByLabel('Quota, requests').fill('1000');
    await page.getByLabel('Metadata').fill('room=shed');
    await button('Create').click();
    await dialog().getByLabel('Key', { exact: true }).waitFor();
    // For five seconds alone.
    expect(await button('I stored it').isDisabled()).toBe(true);
    await console.expectAccessible();

    const selected = await console.run(
      `document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)`,
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await console.run('history.back()');
    await console.until(`location.hash === '#/keys?bucket=${bucketId}'`);
    expect(await button('Close').count()).toBe(0);
    const key = await store();
    expect(selected).toBe(key);
    expect(await statusOf(key)).toBe(200);
    // Pasted back: the page is on plain HTTP, where the clipboard has no API.
    expect(await console.run('isSecureContext')).toBe(false);
    await button('New key').click();
    await page.keyboard.press('ControlOrMeta+V');
    expect(await page.getByLabel('Name').inputValue()).toBe(key);
    await page.keyboard.press('Escape');
    await page.getByLabel('Find a key').focus();
    await page.keyboard.press('ControlOrMeta+V');
    // What is searched for is in addresses, where no key belongs.
    expect(await page.getByLabel('Find a key').inputValue()).toBe(key.slice(0, 'dakkio_w_abcd'.length));

    await row('Soil probe')
      .getByText(/expires in (1\sd|23\sh)/)
      .waitFor();
    expect(await row('Soil probe').innerText()).toContain('write only · from 2 addresses · 60 a minute · 1,000 a day');
    const { body } = await call('GET', `/api/buckets/${bucketId}/keys?q=Soil`);
    expect(body.apiKeys[0]).toMatchObject({
      writeOnly: true,
      metadata: { room: 'shed' },
      quota: { limit: 1000, per: 'day' },
    });
  });

  it('says what is wrong in the words of the server, and loses nothing that was typed', async () => {
    console.allow(/400/);
    const { page } = console;
    await button('New key').click();
    await page.getByLabel('Name').fill('Probe');
    await page.getByText('Restrictions and labels').click();
    await page.getByLabel('Only from these addresses').fill('here');
    await button('Create').click();
    await dialog().getByRole('alert').waitFor();
    expect(await dialog().locator('.field-error').innerText()).toContain('allowedIps must hold IP addresses');
    await console.expectAccessible();
    await page.mouse.click(5, 5);
    expect(await page.getByLabel('Name').inputValue()).toBe('Probe');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('creates none twice where a reply is lost, and says which one it was', async () => {
    console.allow(/409|ERR_FAILED|Failed to load resource/);
    const { page } = console;
    await page.route('**/keys', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch({ url: route.request().url().replace('dakkio.test', '127.0.0.1') });
      return route.abort();
    });
    await button('New key').click();
    await page.getByLabel('Name').fill('Lost');
    await button('Create').click();
    await dialog().getByText('The server cannot be reached').waitFor();
    await page.unroute('**/keys');
    await button('Create').click();
    await dialog().getByText('the reply with its text was lost').waitFor();
    await button('Cancel').click();
    const { body } = await call('GET', '/api/keys?type=all&q=Lost');
    expect(body.apiKeys).toHaveLength(1);
    await page.getByLabel('Find a key').fill('');
  });

  it('changes one, and only what was touched', async () => {
    const { page } = console;
    await console.visit('/keys?q=Boiler');
    await act('Boiler', 'Edit');
    await page.getByLabel('Name').fill('Boiler room');
    await page.getByLabel('Only from these addresses').fill('127.0.0.0/8\n::1');
    await page.getByLabel('Expires').selectOption('on');
    await console.expectAccessible();
    await page.getByLabel('Expires').selectOption('never');
    await button('Save').click();
    await row('Boiler room').waitFor();
    await act('Boiler room', 'Disable');
    await dialog().getByText('It was used 1 time in the last 7 days').waitFor();
    await button('Disable').click();
    await row('Boiler room').getByText('disabled').waitFor();
    expect(await statusOf(writeKey)).toBe(401);
    await act('Boiler room', 'Enable');
    await button('Enable').click();
    await row('Boiler room').getByText('disabled').waitFor({ state: 'detached' });
    expect(await statusOf(writeKey)).toBe(200);
  });

  it('rotates one with a countdown, and leads to its rotation and its audit log', async () => {
    const { page } = console;
    await act('Boiler room', 'Rotate');
    await console.expectAccessible();
    await page.getByLabel('Keep the old key for').selectOption('3600');
    await button('Rotate').click();
    await dialog()
      .getByText(/The old key expires in (1\sh|59\smin)/)
      .waitFor();
    const key = await store();
    await page.getByText(/replaced, expires in 59\smin \d+\ss/).waitFor();
    expect(await statusOf(writeKey)).toBe(200);
    expect(await statusOf(key)).toBe(200);
    await row('replaced').getByRole('link', { name: 'Boiler room' }).click();
    await page.getByText(/It was rotated into/).waitFor();
    await page.getByText('127.0.0.0/8, ::1').waitFor();
    await console.settled();
    await console.expectAccessible();
    expect(await page.getByRole('link', { name: 'Audit', exact: true }).getAttribute('href')).toMatch(/^#\/audit\?of=/);
  });

  it('revokes one with what it was rotated into, after its name was typed', async () => {
    const { page } = console;
    await button('More actions').click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await dialog().getByLabel('Also revoke what it was rotated into: 1 key').check();
    await console.expectAccessible();
    expect(await button('Revoke').isDisabled()).toBe(true);
    await page.getByLabel('Type “Boiler room” to confirm').fill('Boiler room');
    await page.keyboard.press('Enter');
    await page.getByText('Boiler room is revoked with 1 more key').waitFor();
    await row('Soil probe').waitFor();
    expect(page.url()).toContain(`#/keys?bucket=${bucketId}`);
    const { body } = await call('GET', `/api/buckets/${bucketId}/keys`);
    expect(body.apiKeys.map(({ name }: { name: string }) => name)).toEqual(['Soil probe', 'Lost']);
  });

  it('keeps the last Admin key, and says why', async () => {
    console.allow(/409/);
    const { page } = console;
    await console.visit('/keys?type=admin');
    const name = (await page.locator('tbody tr a').first().innerText()).trim();
    await act(name, 'Revoke');
    await dialog().getByText('You are signed in with this key').waitFor();
    await page.getByLabel(`Type “${name}” to confirm`).fill(name);
    await button('Revoke').click();
    await dialog().getByText('last Admin key').waitFor();
    await button('Cancel').click();
  });
});

describeInBrowser('Keys of a bucket', (browser) => {
  it('are not offered to its own keys', async () => {
    const { key } = await makeKey(server, bucketId, 'read');
    const console = await ConsolePage.open(browser, server);
    await console.signIn(key);
    expect(await console.page.getByRole('link', { name: 'Keys' }).count()).toBe(0);
    expect(await console.page.getByRole('button', { name: 'Share' }).count()).toBe(0);
    await console.visit('/keys');
    expect(await console.heading().innerText()).toBe('Not found');
    console.expectNoComplaints();
    await console.close();
  });
});
