import type { Browser } from 'playwright-core';
import { findBrowser, openBrowser } from './docs-browser';
import { ON_POSTGRES } from './test-app';

const BROWSER = findBrowser();
const NO_BROWSER = 'No Chromium, Chrome or Edge was found, so nothing was tried in one. CHROME_PATH may name it.';
const IS_CI = ['true', '1'].includes(process.env.CI ?? '');

/**
 * Describes tests in a browser, which is open while they run. Without one they are left out, but fail in CI. They run once, on SQLite, unless
 * they are about what a database does.
 */
export function describeInBrowser(
  name: string,
  tests: (browser: Pick<Browser, 'newContext'>) => void,
  { alsoOnPostgres = false } = {},
): void {
  describe(name, () => {
    if (ON_POSTGRES && !alsoOnPostgres) {
      it.skip('is tried on SQLite only', () => undefined);
      return;
    }
    if (!BROWSER) {
      (IS_CI ? it : it.skip)(NO_BROWSER, () => {
        throw new Error(NO_BROWSER);
      });
      return;
    }
    jest.setTimeout(90_000);
    let opened: Browser;
    beforeAll(async () => (opened = await openBrowser(BROWSER)));
    afterAll(() => opened.close());
    tests({ newContext: (options) => opened.newContext(options) });
  });
}
