import type { Browser } from 'playwright-core';
import { findBrowser, openBrowser } from './docs-browser';

const BROWSER = findBrowser();
const NO_BROWSER = 'No Chromium, Chrome or Edge was found, so nothing was tried in one. CHROME_PATH may name it.';
const IS_CI = ['true', '1'].includes(process.env.CI ?? '');

/** Describes tests in a browser, which is open while they run. Without one they are left out, but fail in CI. */
export function describeInBrowser(name: string, tests: (browser: Pick<Browser, 'newContext'>) => void): void {
  describe(name, () => {
    if (!BROWSER) {
      (IS_CI ? it : it.skip)(NO_BROWSER, () => {
        throw new Error(NO_BROWSER);
      });
      return;
    }
    let opened: Browser;
    beforeAll(async () => (opened = await openBrowser(BROWSER)));
    afterAll(() => opened.close());
    tests({ newContext: (options) => opened.newContext(options) });
  });
}
