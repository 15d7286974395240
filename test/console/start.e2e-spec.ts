// test:all runs this on PostgreSQL too: a flow of each screen.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConsoleLinks } from '../../src/setup/console-links';
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { OTHER_HOST } from '../support/docs-browser';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const run = promisify(execFile);

let server: TestApp;
beforeAll(async () => (server = await startApp({ HOST: '0.0.0.0' })));
afterAll(() => server.stop());

const has = (program: string) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describeInBrowser('Get started', (browser) => {
  let console: ConsolePage;
  const button = (name: string) => console.page.getByRole('button', { name, exact: true });
  const program = () => console.page.getByRole('region', { name: 'Command' }).innerText();
  const latest = async () => {
    const { body } = await server.call('GET', '/api/buckets?include=stats', { key: server.adminKey });
    return body.buckets as { _id: string; name: string; stats: { dataPointCount: number } }[];
  };

  it('leads a newcomer in five clicks to a live plot of demo data, and to a key in a program', async () => {
    const { code } = await server.app.get(ConsoleLinks).create({ kind: 'command line', user: 'tests' });
    // The first click opens the link of the terminal.
    console = await ConsolePage.open(browser, server, { path: `/in/${code}` });
    await console.settled();
    await console.page.getByRole('heading', { name: 'Get started' }).waitFor();
    await console.expectAccessible();
    await button('Create demo data').click();
    await console.page.locator('.chart canvas').waitFor();
    await console.page.getByText('live', { exact: true }).waitFor();
    await button('Create a key').click();
    await console.until(
      `(({ left, right }) => Math.abs(left - (innerWidth - right)) < 2)(document.querySelector('dialog[open]').getBoundingClientRect())`,
    );
    await button('Copy key').click();
    await button('I stored it').click();
    await console.until(`/dakkio_w_\\w{36}/.test(document.querySelector('.command-text').textContent)`);
    console.expectNoComplaints();
    const [demo] = await latest();
    expect(demo?.name).toBe('Demo home');
    expect(demo?.stats.dataPointCount).toBeGreaterThan(6000);
    await console.expectAccessible();
  });

  it('sends new values of the demo on every screen, also after a reload', async () => {
    const countNow = async () => (await latest())[0]?.stats.dataPointCount ?? 0;
    await console.visit('/audit');
    const before = await countNow();
    await until('new values are stored', async () => (await countNow()) > before);
    await console.page.reload();
    await console.settled();
    const reloaded = await countNow();
    await until('new values are stored after a reload', async () => (await countNow()) > reloaded);
  });

  it('removes the demo data, and says what is deleted', async () => {
    await console.visit('/start');
    // The tab that sent the values was closed, as another browser sees it.
    await console.run(`sessionStorage.removeItem(Object.keys(sessionStorage).find((name) => name.endsWith(':demo')))`);
    await console.page.reload();
    await console.settled();
    await console.run('globalThis.nowBefore = Date.now; Date.now = () => nowBefore() + 20_000');
    await console.visit('/buckets');
    await console.visit('/start');
    await button('Send new values').click();
    const before = (await latest())[0]?.stats.dataPointCount ?? 0;
    await until('new values are stored', async () => ((await latest())[0]?.stats.dataPointCount ?? 0) > before - 1);
    await console.run('Date.now = nowBefore');
    await button('Remove').click();
    await console.page.getByText(/is deleted with its [\d,]+ points/).waitFor();
    await console.expectAccessible();
    await console.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await button('Create demo data').waitFor();
    expect(await latest()).toEqual([]);
    console.expectNoComplaints();
  });

  it('connects a device by the keyboard alone, waits for its point, and shows it', async () => {
    const { page } = console;
    await console.visit(`/buckets/${await makeBucket(server, 'Barn')}`);
    // The menu of a full bucket leads here too.
    await page.getByRole('link', { name: 'Connect a device' }).first().focus();
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Bucket', { exact: true }).locator('option:checked').innerText()).toBe('Barn');
    await page.getByLabel('Name of the device').focus();
    await page.keyboard.type('Cellar');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cellar' }).waitFor();
    await page.getByText('Waiting for the first point').waitFor();
    await console.expectAccessible();
    await button('Create a key').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    // Neither Esc nor a click beside it loses the key.
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    const key = await page.getByRole('textbox', { name: 'Key' }).inputValue();
    await button('Copy key').focus();
    await page.keyboard.press('Enter');
    await button('I stored it').focus();
    await page.keyboard.press('Enter');
    expect(key).toMatch(/^dakkio_w_/);
    const shown = (await program()).replaceAll(OTHER_HOST, '127.0.0.1');
    expect(shown).toContain(key);
    await run('sh', ['-c', shown]);
    await page.getByText('Points arrive.').waitFor();
    await page.locator('.chart canvas').waitFor();
    await console.expectAccessible();
    console.expectNoComplaints();
    const { body } = await server.call('GET', '/api/keys?type=write', { key: server.adminKey });
    expect(body.apiKeys).toMatchObject([{ name: 'Cellar', dataSourceId: expect.stringMatching(/^[0-9a-f]{24}$/) }]);
  });

  it.each([
    ['JavaScript', 'send.mjs', process.execPath],
    ['Python', 'send.py', 'python3'],
  ])('shows a program in %s that works as it is', async (tab, file, command) => {
    if (!has(command)) return;
    await console.page.getByRole('tab', { name: tab }).click();
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-start-'));
    try {
      writeFileSync(join(folder, file), (await program()).replaceAll(OTHER_HOST, '127.0.0.1'));
      const { stdout } = await run(command, [join(folder, file)]);
      expect(stdout).toContain('stored');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('hands a dropped file over to the import', async () => {
    await console.visit('/start');
    const file = {
      name: 'history.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('timestamp,temperature\n2024-01-01T00:00:00Z,1\n'),
    };
    await console.page.getByLabel('Drop a file here, or choose one').setInputFiles(file);
    await console.page.getByText('history.csv').first().waitFor();
    expect(console.page.url()).toContain('#/import');
    console.expectNoComplaints();
  });
});
