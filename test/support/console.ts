import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, CDPSession, Page, Request } from 'playwright-core';
import { keysIn } from './canary';
import { OTHER_HOST } from './docs-browser';
import { IS_WHOLE_RUN } from './repetitions';
import { ON_POSTGRES, type TestApp } from './test-app';
import { until } from './until';

const THEMES = ['light', 'dark'] as const;
const WIDTHS = [390, 768, 1280] as const;
type Theme = (typeof THEMES)[number];

/** More than any screen has to stop at. */
const MAX_TABS = 150;
/** The rules of WCAG 2.2 AA, and what they build on. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The views in which a screen is checked. Each takes a quarter of a second, so `npm test` checks only three of them. */
const VIEWS = THEMES.flatMap((theme) => WIDTHS.map((width) => ({ theme, width }))).filter(
  ({ theme, width }) => IS_WHOLE_RUN || width === 1280 || (theme === 'light' && width === 390),
);
const AXE_SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export interface ConsoleOptions {
  readonly width?: number;
  readonly theme?: Theme;
  /** `localhost` has the exemptions of secure origins. By default the page comes over plain HTTP from another host, as on a LAN. */
  readonly host?: string;
  readonly path?: string;
  /** Scripts in the place of the console's own, by their name with a `*` for the hash. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/**
 * The console in a browser, used as a person uses it, on an insecure origin.
 *
 * Each test ends with `expectNoComplaints`, which finds what the browser complained of, and keys in addresses.
 */
export class ConsolePage {
  private readonly complaints: string[] = [];
  private readonly urls: string[] = [];
  private readonly expected: RegExp[] = [];
  private debugger: Promise<CDPSession> | undefined;

  private constructor(
    readonly page: Page,
    private readonly server: TestApp,
    private readonly address: string,
  ) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => this.urls.push(request.url()));
    page.on('requestfailed', (request) => this.noteFailure(request));
  }

  /** Opens the sign-in page, or another path of the console. */
  static async open(
    browser: Pick<Browser, 'newContext'>,
    server: TestApp,
    { path = '/', width = 1280, theme = 'light', host = OTHER_HOST, scripts = {} }: ConsoleOptions = {},
  ): Promise<ConsolePage> {
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
    const address = `http://${host}:${server.port}/`;
    for (const [name, body] of Object.entries(scripts))
      await context.route(`**/console/${name}`, (route) => route.fulfill({ body, contentType: 'text/javascript' }));
    const opened = new ConsolePage(await context.newPage(), server, address);
    await opened.page.goto(`${address}#${path}`);
    return opened;
  }

  /** Another tab of the same browser. */
  async openTab(path = '/'): Promise<ConsolePage> {
    const tab = new ConsolePage(await this.page.context().newPage(), this.server, this.address);
    await tab.page.goto(`${this.address}#${path}`);
    return tab;
  }

  /** Signs in by pasting a key, from whatever address it is at. */
  async signIn(key = this.server.adminKey): Promise<void> {
    await this.page.getByLabel('Key', { exact: true }).fill(key);
    await this.page.getByRole('button', { name: 'Open' }).click();
    await this.settled();
  }

  /** Goes to a path of the console, and waits until its heading is there and nothing is loading. */
  async visit(path: string): Promise<void> {
    await this.follow(path);
    await this.settled();
  }

  /** Goes to a path of the console, whatever happens there. */
  async follow(path: string): Promise<void> {
    await this.run(`location.hash = ${JSON.stringify(path)}`);
  }

  /** Waits until the heading of a screen is there and nothing is loading. */
  async settled(): Promise<void> {
    await this.heading().waitFor();
    await this.until(`!document.querySelector('.skeleton, .page-unnamed')`);
  }

  /** The heading of the present screen. */
  heading() {
    return this.page.locator('.shell-main h1');
  }

  /** The value of an expression in the page. The policy lets no text run there, as `page.evaluate` would. */
  async run(expression: string): Promise<unknown> {
    this.debugger ??= this.page.context().newCDPSession(this.page);
    const session = await this.debugger;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as unknown;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    await until(expression, async () => Boolean(await this.run(expression).catch(() => false)));
  }

  async resize(width: number): Promise<void> {
    await this.page.setViewportSize({ width, height: 900 });
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await this.until(`document.documentElement.dataset.theme === '${theme}'`);
  }

  /**
   * Checks the present screen by the rules of WCAG 2.2 AA, in both themes and three widths, and that nothing is wider than the window or
   * its dialog. Only on SQLite, since nothing of it depends on the database.
   */
  async expectAccessible(): Promise<void> {
    if (ON_POSTGRES) return;
    for (const { theme, width } of VIEWS) {
      await this.setTheme(theme);
      await this.resize(width);
      expect({ theme, width, violations: await this.violations() }).toEqual({ theme, width, violations: [] });
      expect({ theme, width, isTooWide: await this.isTooWide() }).toEqual({ theme, width, isTooWide: false });
    }
  }

  /** Checks that Tab reaches everything on the present screen that a mouse does. Only on SQLite too. */
  async expectReachable(): Promise<void> {
    if (ON_POSTGRES) return;
    const count = await this.run(`(() => {
      const all = document.querySelectorAll('.shell-main :is(a[href], button, input, select, textarea, summary, [tabindex])');
      const isStop = (element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true });
      globalThis.unreached = new Set([...all].filter(isStop));
      addEventListener('focusin', ({ target }) => unreached.delete(target));
      document.querySelector('.shell-main').focus();
      return unreached.size;
    })()`);
    expect(count).toBeGreaterThan(0);
    const left = `[...unreached].filter((element) => element.isConnected)`;
    for (let presses = 0; presses < MAX_TABS && (await this.run(`${left}.length > 0`)); presses++)
      await this.page.keyboard.press('Tab');
    expect(await this.run(`${left}.map((element) => element.outerHTML.slice(0, 200))`)).toEqual([]);
  }

  /** Expects a complaint that the browser makes of a refusal that a test brings about. */
  allow(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  /** Nothing in the browser's console, no rule of the content security policy broken, no key in any address. */
  expectNoComplaints(): void {
    const unexpected = this.complaints.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
    expect(unexpected).toEqual([]);
    expect(this.urls.length).toBeGreaterThan(0);
    expect(this.urls.filter((url) => keysIn(url).length > 0)).toEqual([]);
    expect(keysIn(this.page.url())).toEqual([]);
  }

  /** Closes the tab. */
  async close(): Promise<void> {
    await this.page.close();
  }

  private async violations(): Promise<string[]> {
    const options = JSON.stringify({ runOnly: RULES, resultTypes: ['violations'] });
    const { violations } = (await this.run(`${await this.axeIfMissing()}axe.run(document, ${options})`)) as AxeResults;
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    );
  }

  /** The checker's source, unless the page has it already. */
  private async axeIfMissing(): Promise<string> {
    return (await this.run(`typeof axe === 'undefined'`)) ? `${AXE_SOURCE};` : '';
  }

  private async isTooWide(): Promise<boolean> {
    return (await this.run(`[document.documentElement, ...document.querySelectorAll('dialog[open]')]
      .some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)`)) as boolean;
  }

  private noteFailure(request: Request): void {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left, and a query that is no longer wanted, abort their requests.
    if (reason !== 'net::ERR_ABORTED') this.complaints.push(`${request.url()} failed: ${reason}`);
  }
}
