// A browser for the pictures: Chromium itself writes them as WebP.
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { tsImport } from 'tsx/esm/api';

const { findBrowser, openBrowser } = await tsImport('../../test/support/docs-browser.ts', import.meta.url);
const PIXELS = 1.5;
const QUALITY = 75;
/** Sparklines and charts are drawn after the data is there. */
const DRAWN_MILLIS = 400;
const UNSETTLED = '.skeleton, .page-unnamed, .chart[data-stale]';

/** Starts the browser. `signIn` opens the console with an Admin key, at the time of the data. */
export async function openConsole({ url, adminKey, now, ids }) {
  const path = findBrowser();
  if (!path) throw new Error('No Chromium, Chrome or Edge was found. CHROME_PATH may name it');
  const browser = await openBrowser(path);

  async function signIn({ theme, size, isTouch = false }) {
    const context = await browser.newContext({
      ...{ viewport: size, deviceScaleFactor: PIXELS, colorScheme: theme, hasTouch: isTouch, reducedMotion: 'reduce' },
      ...{ timezoneId: 'Europe/Berlin', locale: 'en-GB' },
    });
    const page = await context.newPage();
    await page.clock.setFixedTime(now);
    await page.goto(`${url}/`);
    const debug = await context.newCDPSession(page);
    const field = page.getByLabel('Key', { exact: true });
    await field.waitFor();

    /** Takes a picture of a screen, and gives its bytes; 0 where there is no such screen. Those without a session are taken first. */
    async function take(screen, file) {
      if (!screen.isSignedOut && (await field.isVisible())) {
        await field.fill(adminKey);
        await page.getByRole('button', { name: 'Open' }).click();
      }
      if (!screen.isSignedOut && !(await isShown(screen))) return 0;
      await page.mouse.move(0, 0);
      await screen.prepare?.(page);
      await pause(DRAWN_MILLIS);
      const { data } = await debug.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
      const bytes = Buffer.from(data, 'base64');
      writeFileSync(file, bytes);
      return bytes.length;
    }

    /** Goes to a screen, and waits until it is complete. */
    async function isShown({ path: pathOf }) {
      const wanted = pathOf(ids);
      await page.locator('.shell-main h1').waitFor();
      await page.goto(`${url}/#${wanted}`);
      await page.locator('.shell-main h1').waitFor();
      for (const unsettled of await page.locator(UNSETTLED).all()) await unsettled.waitFor({ state: 'detached' });
      return (await page.locator('.shell-main h1').innerText()) !== 'Not found';
    }

    return { take };
  }

  return { signIn, close: () => browser.close() };
}
