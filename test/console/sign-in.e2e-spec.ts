import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { describeInBrowser } from '../support/browser';
import { ConsoleLinks } from '../../src/setup/console-links';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

describeInBrowser('Signing in', (browser) => {
  const open = (options = {}) => ConsolePage.open(browser, server, options);

  it('takes a key over plain HTTP, and says that others can read it', async () => {
    const console = await open();
    const { page } = console;
    expect(await console.run('isSecureContext')).toBe(false);
    await page.getByText('Over plain HTTP').waitFor();
    await console.signIn();
    expect(await console.heading().innerText()).toBe('Overview');
    expect(await page.title()).toBe('Overview · Dakkio');
    await console.expectAccessible();
    console.expectNoComplaints();
    await console.close();
  });

  it('says nothing of plain HTTP on this machine', async () => {
    const console = await open({ host: 'localhost' });
    await console.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await console.page.getByText('Over plain HTTP').count()).toBe(0);
    await console.close();
  });

  it('stores a session key, and not the key that was pasted', async () => {
    const console = await open();
    await console.signIn();
    const stored = await console.run('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])');
    expect(stored).toMatch(/dakkio_a_/);
    expect(stored).not.toContain(server.adminKey);
    await console.close();
  });

  it('leads to where the person was, and stays signed in when the page is loaded again', async () => {
    const console = await open({ path: `/buckets/${home.bucketId}` });
    await console.signIn();
    expect(await console.heading().innerText()).toBe('Home');
    await console.page.reload();
    await console.settled();
    expect(await console.heading().innerText()).toBe('Home');
    console.expectNoComplaints();
    await console.close();
  });

  it('says why a key is refused, in the words of the server', async () => {
    const console = await open();
    console.allow(/401/);
    await console.page.getByLabel('Key', { exact: true }).fill('dakkio_a_nonsense');
    await console.page.getByRole('button', { name: 'Open' }).click();
    const notice = console.page.getByRole('alert');
    await notice.waitFor();
    expect(await notice.innerText()).toMatch(/API key/);
    expect(await notice.getByRole('link').getAttribute('href')).toBe('/docs/errors#unauthorized');
    await console.close();
  });

  it('hands the session to another tab, and signs out in both', async () => {
    const console = await open();
    await console.signIn();
    const other = await console.openTab('/buckets');
    await other.settled();
    expect(await other.heading().innerText()).toBe('Buckets');
    await other.page.getByRole('button', { name: 'Sign out' }).first().click();
    for (const tab of [console, other]) {
      await tab.page.getByText('You are signed out.').waitFor();
      expect(await tab.run(`sessionStorage.getItem('dakkio:session')`)).toBeNull();
      tab.expectNoComplaints();
    }
    await other.close();
    await console.close();
  });

  it('ends where the key no longer is accepted, and keeps the place', async () => {
    const console = await open();
    await console.signIn();
    await console.visit(`/buckets/${home.bucketId}`);
    console.allow(/401/);
    await console.page.route('**/api/**', (route) =>
      route.fulfill({ status: 401, json: { error: 'Unauthorized', message: 'Invalid API key' } }),
    );
    await console.page.reload();
    await console.page.getByText('The session has ended').waitFor();
    await console.page.unroute('**/api/**');
    await console.signIn();
    expect(await console.heading().innerText()).toBe('Home');
    await console.close();
  });

  it('locks after half an hour without use in any tab, also when the computer slept', async () => {
    const console = await open();
    await console.page.clock.install();
    await console.page.reload();
    await console.signIn();
    await console.page.clock.fastForward('29:00');
    await console.page.keyboard.press('Shift');
    await console.page.clock.fastForward('29:00');
    expect(await console.heading().count()).toBe(1);
    await console.page.clock.fastForward('01:30');
    await console.page.getByText('Locked after 30 minutes without use').waitFor();
    await console.close();
  });
});

describeInBrowser('A link with a one-time code', (browser) => {
  it('signs in once, and is taken out of the address', async () => {
    const { code } = await server.app.get(ConsoleLinks).create({ kind: 'command line', user: 'tests' });
    const console = await ConsolePage.open(browser, server, { path: `/in/${code}` });
    await console.settled();
    expect(console.page.url()).toBe(`http://dakkio.test:${server.port}/#/overview`);
    console.expectNoComplaints();

    const again = await ConsolePage.open(browser, server, { path: `/in/${code}` });
    await again.page.getByRole('alert').waitFor();
    expect(again.page.url()).toBe(`http://dakkio.test:${server.port}/#/`);
    await again.page.getByLabel('Key', { exact: true }).waitFor();
    await again.close();
    await console.close();
  });
});

describeInBrowser('A Read key', (browser) => {
  it('opens the console of its bucket alone', async () => {
    const console = await ConsolePage.open(browser, server);
    await console.signIn(home.readKey);
    expect(await console.heading().innerText()).toBe('Home');
    expect(await console.page.getByRole('link', { name: 'Buckets' }).count()).toBe(0);
    await console.visit('/buckets');
    expect(await console.heading().innerText()).toBe('Not found');
    console.expectNoComplaints();
    await console.close();
  });

  it('of a shared link is taken out of the address, and can stay on the screen', async () => {
    const console = await ConsolePage.open(browser, server, { path: `/buckets/${home.bucketId}?k=${home.readKey}` });
    await console.settled();
    expect(console.page.url()).toBe(`http://dakkio.test:${server.port}/#/buckets/${home.bucketId}`);
    await console.page.getByRole('button', { name: 'Keep on this screen' }).click();
    await console.until(`localStorage.getItem('dakkio:session') !== null`);
    // As after the browser was closed: nothing of the tab is left.
    await console.run('sessionStorage.clear()');
    await console.page.reload();
    await console.settled();
    expect(await console.heading().innerText()).toBe('Home');
    await console.page.getByRole('button', { name: 'Sign out' }).first().click();
    await console.page.getByText('You are signed out.').waitFor();
    expect(await console.run(`localStorage.getItem('dakkio:session')`)).toBeNull();
    await console.close();
  });

  it('is what a shared link must have', async () => {
    const console = await ConsolePage.open(browser, server, { path: `/buckets?k=${server.adminKey}` });
    await console.page.getByText('This link has no Read key').waitFor();
    expect(console.page.url()).toBe(`http://dakkio.test:${server.port}/#/buckets`);
    await console.close();
  });
});
