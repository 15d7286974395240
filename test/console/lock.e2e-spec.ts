// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
// What a session leaves behind when it is locked, for the same key and not for others.
import { describeInBrowser } from '../support/browser';
import { keysIn } from '../support/canary';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

const LOCKED = 'Locked after 30 minutes without use';
const ROWS = 3000;

describeInBrowser('A locked console', (browser) => {
  let console: ConsolePage;
  beforeEach(async () => {
    console = await ConsolePage.open(browser, server);
    await console.page.clock.install();
    await console.page.reload();
    await console.signIn(home.writeKey);
  });
  afterEach(async () => {
    console.expectNoComplaints();
    await console.close();
  });

  const button = (name: string) => console.page.getByRole('button', { name, exact: true });
  const dialog = () => console.page.getByRole('dialog');
  const lock = async () => {
    await console.page.clock.fastForward('31:00');
    await console.page.getByText(LOCKED).waitFor();
  };
  const signOut = () => button('Sign out').first().click();

  it('keeps a secret that was not stored for the same key alone', async () => {
    const { page } = console;
    await console.visit(`/alerts/new?source=${home.climateId}&bucket=${home.bucketId}`);
    await page.getByLabel('Condition', { exact: true }).fill('temperature > 90');
    await page.getByLabel('Name', { exact: true }).fill('Fire');
    await page.getByLabel('Webhook URL').fill('https://hooks.example.com/fire');
    await button('Create').click();
    const secret = await dialog().getByLabel('Secret', { exact: true }).inputValue();
    expect(secret).toMatch(/^whsec_/);

    await lock();
    await page.getByText('Not stored yet: Webhook secret.').waitFor();
    expect(await console.run('document.documentElement.outerHTML')).not.toContain(secret);
    expect(await console.run('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])')).not.toContain(secret);
    await console.expectAccessible();

    await console.signIn(home.readKey);
    expect(await dialog().count()).toBe(0);
    await signOut();
    await console.signIn(home.writeKey);
    expect(await dialog().getByLabel('Secret', { exact: true }).inputValue()).toBe(secret);
    await page.keyboard.press('Escape');
    await console.expectAccessible();
    await button('Copy secret').click();
    await button('I stored it').click();
    await dialog().waitFor({ state: 'detached' });

    await lock();
    expect(await page.getByText('Not stored yet').count()).toBe(0);
    await console.signIn(home.writeKey);
    expect(await dialog().count()).toBe(0);
  });

  it('keeps a key that the session of an Admin key has made, also when that session ends by itself', async () => {
    const { page } = console;
    await signOut();
    const admin = await makeAdminKey();
    await console.signIn(admin.key);
    await console.visit(`/keys?bucket=${home.bucketId}`);
    await button('New key').click();
    await page.getByLabel('Name').fill('Porch');
    await button('Create').click();
    const key = await dialog().getByLabel('Key', { exact: true }).inputValue();
    expect(keysIn(key)).toHaveLength(1);
    const { body } = await server.call('GET', '/api/keys?type=all&include=sessions', { key: server.adminKey });
    const sessions = (body.apiKeys as { _id: string; sessionOf?: string }[]).filter(
      ({ sessionOf }) => sessionOf === admin._id,
    );
    for (const { _id } of sessions) await server.call('DELETE', `/api/keys/${_id}`, { key: server.adminKey });
    console.allow(/401/);
    await page.clock.fastForward('02:00');
    await page.getByText('The session has ended').waitFor();
    await console.signIn(admin.key);
    expect(await dialog().getByLabel('Key', { exact: true }).inputValue()).toBe(key);
    await button('Copy key').click();
    await button('I stored it').click();
    await page.locator('tbody tr', { hasText: 'Porch' }).waitFor();
  });

  it('waits while an import is under way, and shows its result to the same key', async () => {
    const { page } = console;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/data/batch*', async (route) => {
      await held;
      await route.continue();
    });
    await importFile('Hall');
    await page.getByText('importing', { exact: true }).waitFor();
    for (let times = 0; times < 3; times++) await page.clock.fastForward('31:00');
    expect(await page.getByText(LOCKED).count()).toBe(0);
    release();
    await page.getByText('All rows are stored.').waitFor();

    await lock();
    await console.signIn(home.writeKey);
    await page.getByText('All rows are stored.').waitFor();
    await signOut();
    await console.signIn((await makeKey(server, home.bucketId, 'write')).key);
    await page.getByLabel('Drop a CSV file here, or choose one').waitFor({ state: 'attached' });
  });

  it('goes on with an import that a sign-out has stopped', async () => {
    const { page } = console;
    let batches = 0;
    await page.route('**/api/data/batch*', async (route) => {
      batches += 1;
      if (batches === 2) await signOut();
      await route.continue().catch(() => undefined);
    });
    console.allow(/401/);
    await importFile('Attic');
    await page.getByText('You are signed out.').waitFor();
    await page.unroute('**/api/data/batch*');
    await console.signIn(home.writeKey);
    await page.getByText('stopped', { exact: true }).waitFor();
    await button('Continue').click();
    await page.getByText('All rows are stored.').waitFor();
    await page.getByText(/3,000/).first().waitFor();
  });

  async function importFile(name: string): Promise<void> {
    const { page } = console;
    await console.visit('/import');
    const lines = Array.from({ length: ROWS }, (_, index) => `${1_600_000_000 + index * 60},${index % 7}`);
    const buffer = Buffer.from(['time,power', ...lines].join('\n'));
    const file = { name: `${name}.csv`, mimeType: 'text/csv', buffer };
    await page.getByLabel('Drop a CSV file here, or choose one').setInputFiles(file);
    await button('Import').click();
  }
});

async function makeAdminKey(): Promise<{ _id: string; key: string }> {
  const { body } = await server.call('POST', '/api/keys', {
    key: server.adminKey,
    body: { name: 'Ada', type: 'admin' },
  });
  return body.apiKey;
}
