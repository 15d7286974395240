import type { Browser, BrowserContext } from 'playwright-core';
import { findBrowser, openBrowser } from './docs-browser';

const BROWSER = findBrowser();
const NO_BROWSER = 'No Chromium, Chrome or Edge was found, so nothing was tried in one. CHROME_PATH may name it.';
const IS_CI = ['true', '1'].includes(process.env.CI ?? '');

/** The browser of a test file. Its start costs more than a new profile in it. */
let opened: Browser | undefined;
afterAll(() => opened?.close());

/** Describes tests in a browser, with profiles of their own. Without one they are left out, but fail in CI. */
export function describeInBrowser(name: string, tests: (browser: Pick<Browser, 'newContext'>) => void): void {
  describe(name, () => {
    if (!BROWSER) {
      (IS_CI ? it : it.skip)(NO_BROWSER, () => {
        throw new Error(NO_BROWSER);
      });
      return;
    }
    let browser: Browser;
    const contexts: BrowserContext[] = [];
    beforeAll(async () => (browser = opened ??= await openBrowser(BROWSER)));
    afterAll(() => Promise.all(contexts.map((context) => context.close())));
    tests({
      newContext: async (options) => {
        const context = await browser.newContext(options);
        contexts.push(context);
        return context;
      },
    });
  });
}
