// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
import { join } from 'node:path';
import { build } from 'esbuild';
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { startApp, type TestApp } from '../support/test-app';

const GALLERY = join(__dirname, '..', '..', 'console', 'gallery', 'gallery.tsx');

let server: TestApp;
let script: string;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  const { outputFiles } = await build({
    entryPoints: [GALLERY],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  script = outputFiles[0]?.text ?? '';
});
afterAll(() => server.stop());

describeInBrowser('Components', (browser) => {
  let gallery: ConsolePage;
  beforeAll(async () => {
    // The page, its policy and its styles are those of the console; only its script is another.
    gallery = await ConsolePage.open(browser, server, { scripts: { 'main-*.js': script } });
    await gallery.page.getByRole('heading', { name: 'Gallery' }).waitFor();
  });
  afterEach(() => gallery.expectNoComplaints());
  const textOf = (id: string) => gallery.page.locator(`#${id}`).innerText();

  it('follow the rules of WCAG', async () => {
    await gallery.page.locator('.chart canvas').waitFor();
    await gallery.expectAccessible();
    await gallery.resize(1280);
  });

  describe('A chart', () => {
    const chart = () => gallery.page.getByRole('application', { name: 'Climate of a day' });
    const spoken = () => gallery.page.locator('.chart [role=status]');

    it('is read by arrow keys, and says each value', async () => {
      await chart().focus();
      await gallery.page.keyboard.press('Home');
      expect(await spoken().innerText()).toMatch(
        /^01 Mar 2026, 00:00:00: temperature 21\s°C, last week 20.97\s°C, humidity 57.27%, dew point 12.84\s°C$/,
      );
      await gallery.page.keyboard.press('Control+ArrowRight');
      await gallery.page.keyboard.press('ArrowRight');
      expect(await spoken().innerText()).toMatch(/^01 Mar 2026, 02:45:00: temperature 23\.38/);
      for (let step = 0; step < 3; step++) await gallery.page.keyboard.press('Control+ArrowRight');
      expect(await spoken().innerText()).toMatch(/temperature no value/);
      await gallery.page.keyboard.press('Escape');
      expect(await spoken().innerText()).toBe('');
    });

    it('shows the least and greatest value at the cursor, so that an average hides no spike', async () => {
      await chart().focus();
      await gallery.page.keyboard.press('Home');
      for (let step = 0; step < 20; step++) await gallery.page.keyboard.press('ArrowRight');
      expect(await gallery.page.getByRole('button', { name: /^temperature/ }).innerText()).toMatch(
        /23\.99.*22\.99.*27\.99/s,
      );
    });

    it('is zoomed and moved by keys', async () => {
      await chart().focus();
      await gallery.page.keyboard.press('Escape');
      await gallery.page.keyboard.press('+');
      expect(await textOf('range')).toBe('6 18');
      await gallery.page.keyboard.press('Shift+ArrowRight');
      expect(await textOf('range')).toBe('9 21');
      await gallery.page.keyboard.press('-');
      await gallery.page.keyboard.press('Shift+ArrowLeft');
      expect(await textOf('range')).toBe('-3 21');
    });

    it('is zoomed by dragging, and moved by Shift and dragging', async () => {
      const box = await gallery.page.locator('.u-over').boundingBox();
      if (!box) throw new Error('The chart has no box');
      const drag = async (from: number, to: number) => {
        await gallery.page.mouse.move(box.x + box.width * from, box.y + 50);
        await gallery.page.mouse.down();
        await gallery.page.mouse.move(box.x + box.width * to, box.y + 60, { steps: 5 });
        await gallery.page.mouse.up();
      };
      const before = (await textOf('range')).split(' ').map(Number);
      await drag(0.25, 0.75);
      const [from = 0, to = 0] = (await textOf('range')).split(' ').map(Number);
      expect(from).toBeCloseTo((before[0] ?? 0) + 6, 0);
      expect(to).toBeCloseTo((before[1] ?? 0) - 6, 0);
      await gallery.page.keyboard.down('Shift');
      await drag(0.25, 0.5);
      await gallery.page.keyboard.up('Shift');
      const [moved = 0] = (await textOf('range')).split(' ').map(Number);
      expect(moved).toBeCloseTo(from - 3, 0);
    });

    it('has a threshold that is dragged, and moved by keys', async () => {
      const handle = gallery.page.getByRole('slider', { name: 'Threshold of temperature' });
      expect(await handle.getAttribute('aria-valuenow')).toBe('23');
      await handle.focus();
      await gallery.page.keyboard.press('ArrowUp');
      const raised = Number(await textOf('threshold'));
      expect(raised).toBeGreaterThan(23);
      await gallery.page.keyboard.press('ArrowDown');
      expect(await textOf('threshold')).toBe('23');
      const box = await handle.boundingBox();
      if (!box) throw new Error('The threshold has no box');
      await gallery.page.mouse.move(box.x + 10, box.y + box.height / 2);
      await gallery.page.mouse.down();
      await gallery.page.mouse.move(box.x + 10, box.y + box.height / 2 + 40, { steps: 4 });
      await gallery.page.mouse.up();
      expect(Number(await textOf('threshold'))).toBeLessThan(23);
    });

    it('hides a series by its name', async () => {
      const name = gallery.page.getByRole('button', { name: /^humidity/ });
      await name.click();
      expect(await name.getAttribute('aria-pressed')).toBe('false');
      await chart().focus();
      await gallery.page.keyboard.press('Home');
      expect(await spoken().innerText()).not.toContain('humidity');
      await name.click();
    });
  });

  describe('A secret that is shown once', () => {
    const dialog = () => gallery.page.getByRole('dialog', { name: 'Your key' });
    const stored = () => gallery.page.getByRole('button', { name: 'I stored it' });

    it('is lost neither by Esc nor by a click beside it, and is copied over plain HTTP', async () => {
      const { page } = gallery;
      expect(await gallery.run('[isSecureContext, typeof navigator.clipboard]')).toEqual([false, 'undefined']);
      await page.getByRole('button', { name: 'New key' }).click();
      await dialog().waitFor();
      expect(await gallery.run('getSelection().toString() || document.activeElement.value')).toBe(
        'not-a-real-key-0123456789',
      );
      // All of it is in sight.
      expect(await gallery.run('document.activeElement.scrollHeight - document.activeElement.clientHeight')).toBe(0);
      for (let press = 0; press < 3; press++) await page.keyboard.press('Escape');
      await page.mouse.click(5, 5);
      expect(await dialog().isVisible()).toBe(true);
      expect(await stored().isEnabled()).toBe(false);

      await page.getByRole('button', { name: 'Copy key' }).click();
      expect(await stored().isEnabled()).toBe(true);
      expect(await dialog().getByRole('status').innerText()).toBe('Copied');
      await page.getByRole('button', { name: 'QR code' }).click();
      await page.getByRole('img', { name: 'Key as a QR code' }).waitFor();
      await stored().click();
      expect(await gallery.run('document.activeElement.textContent')).toBe('New key');
      await page.getByLabel('Paste here').focus();
      await page.keyboard.press('Control+V');
      expect(await page.getByLabel('Paste here').inputValue()).toBe('not-a-real-key-0123456789');
    });

    it('can be downloaded, or read for five seconds', async () => {
      const { page } = gallery;
      await page.getByRole('button', { name: 'New key' }).click();
      const downloaded = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download' }).click();
      expect((await downloaded).suggestedFilename()).toBe('key.txt');
      await stored().click();
      await page.getByRole('button', { name: 'New key' }).click();
      await gallery.until(`[...document.querySelectorAll('dialog button')].at(-1).disabled === false`);
      await stored().click();
    });
  });

  it('the times of a table stay in sight where it is scrolled sideways', async () => {
    await gallery.resize(390);
    expect(
      await gallery.run(`(() => {
        const scroller = document.querySelector('.table-scroller');
        const left = () => Math.round(scroller.querySelector('td').getBoundingClientRect().left);
        const before = left();
        scroller.scrollLeft = 60;
        return { scrolled: scroller.scrollLeft, moved: left() - before };
      })()`),
    ).toEqual({ scrolled: 60, moved: 0 });
    await gallery.resize(1280);
  });

  it('a control keeps the class that its screen gives it', async () => {
    expect(await gallery.page.getByLabel('Notes').getAttribute('class')).toBe('field-control of-its-user');
  });

  it('a checkbox is beside the first line of its label', async () => {
    await gallery.resize(390);
    expect(
      await gallery.run(`(() => {
        const box = [...document.querySelectorAll('.form .checkbox')].at(-1);
        const [input, label] = [...box.children].map((child) => child.getBoundingClientRect());
        const line = parseFloat(getComputedStyle(box).lineHeight);
        const middle = (input.top + input.bottom) / 2;
        return { lines: Math.round(label.height / line), off: Math.round(middle - (label.top + line / 2)) };
      })()`),
    ).toEqual({ lines: 3, off: 0 });
    await gallery.resize(1280);
  });

  it('a menu is used by keyboard, and gives the focus back', async () => {
    const { page } = gallery;
    await page.getByRole('button', { name: 'Actions' }).focus();
    await page.keyboard.press('Enter');
    await gallery.until(`document.activeElement.textContent === 'Rename'`);
    // What is disabled is passed over, and the end leads to the beginning.
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
    expect(await gallery.run('document.activeElement.textContent')).toBe('Delete');
    await page.keyboard.press('Enter');
    expect(await textOf('said')).toBe('delete');
    expect(await gallery.run('document.activeElement.textContent')).toBe('Actions');
  });

  it('tabs are changed by arrow keys', async () => {
    const { page } = gallery;
    await page.getByRole('tab', { name: 'One' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Panel three').waitFor();
    await page.keyboard.press('Home');
    await page.getByText('Panel one').waitFor();
    expect(await gallery.run('document.activeElement.textContent')).toBe('One');
  });

  it('an error counts down how long the server asks to wait', async () => {
    await gallery.page.reload();
    await gallery.page.getByRole('button', { name: 'Try again in 2 s' }).waitFor();
    await gallery.page.getByRole('button', { name: 'Try again', exact: true }).click();
    expect(await textOf('said')).toBe('retry');
  });
});
