import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** The first two have no window at all, and take two thirds of the processor time of the others. */
const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
const MAC_PROGRAMS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PROGRAMS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

/** Another name of this machine for the browser. Unlike `localhost`, it has none of the exemptions of secure origins. */
export const OTHER_HOST = 'dakkio.test';

/** `CHROME_PATH`, or the first Chromium, Chrome or Edge in the usual places. */
export function findBrowser({ CHROME_PATH, PATH = '', ...folders } = process.env): string | undefined {
  if (CHROME_PATH) return CHROME_PATH;
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const onMac = MAC_PROGRAMS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  const onWindows = [folders['PROGRAMFILES'], folders['PROGRAMFILES(X86)'], folders['LOCALAPPDATA']].flatMap(
    (folder) => (folder ? WINDOWS_PROGRAMS.map((program) => join(folder, program)) : []),
  );
  return [...onPath, ...onMac, ...onWindows].find((path) => existsSync(path));
}

/** Starts a browser without a window, with a new profile of its own that it takes away at its end. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-proxy-server',
      `--host-resolver-rules=MAP ${OTHER_HOST} 127.0.0.1`,
    ],
  });
}

/** What a person would fill in before pressing Execute. What is left out stays as the page has filled it in. */
export interface Filled {
  readonly parameters?: Readonly<Record<string, string>>;
  /** The name of an example of the body, as its list shows it. */
  readonly example?: string;
  readonly body?: object;
}

interface Opened {
  readonly width?: number;
  readonly height?: number;
  readonly zoom?: number;
  readonly path?: string;
  readonly operations?: readonly string[];
}

/**
 * Takes the other operations out of the document when the page has loaded its script, before it renders it. Those that
 * stay are shown without their refusals, each of which has an example that is drawn again at each press.
 */
async function showOnly(page: Page, operations: readonly string[]): Promise<void> {
  const place = '  url = options.swaggerUrl || url';
  const cut = `for (const path of Object.values(options.swaggerDoc.paths)) for (const method of Object.keys(path))
    if (!${JSON.stringify(operations)}.includes(path[method].operationId)) delete path[method];
    else for (const status of Object.keys(path[method].responses))
      if (!status.startsWith('2')) delete path[method].responses[status];`;
  await page.route('**/swagger-ui-init.js', async (route) => {
    // Only the browser knows its other name of this machine.
    const response = await route.fetch({ url: route.request().url().replace(OTHER_HOST, 'localhost') });
    const script = await response.text();
    if (!script.includes(place)) throw new Error('The script of Swagger UI has changed');
    await route.fulfill({ response, body: script.replace(place, `${cut}\n${place}`) });
  });
}

/** Swagger UI at `/docs`, used as a person uses it. */
export class DocsPage {
  /** What the browser complained of: errors, refused or failed requests, broken rules of the content security policy. */
  readonly complaints: string[] = [];
  /** The operation that was opened last. */
  private opened: string | undefined;

  private constructor(readonly page: Page) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('requestfailed', (request) =>
      this.complaints.push(`${request.url()} failed: ${request.failure()?.errorText}`),
    );
    page.on('response', (response) => {
      if (response.status() >= 400) this.complaints.push(`${response.url()} was answered with ${response.status()}`);
    });
  }

  /**
   * @param zoom less than 1 fits more of the page into a window of the same size
   * @param operations leaves the others out: Swagger UI renders all that the page has at each press, which takes seconds
   */
  static async open(
    browser: Pick<Browser, 'newPage'>,
    address: string,
    { width = 1200, height = 900, zoom = 1, path = '/docs', operations }: Opened = {},
  ): Promise<DocsPage> {
    const viewport = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
    const docs = new DocsPage(await browser.newPage({ viewport, deviceScaleFactor: zoom }));
    if (operations) await showOnly(docs.page, operations);
    await docs.page.goto(address + path);
    await docs.page.locator('.opblock').first().waitFor();
    return docs;
  }

  /** Presses Authorize, pastes a key into the field of X-API-Key and closes the dialog. */
  async authorize(key: string): Promise<void> {
    await this.page.locator('.auth-wrapper > .authorize').click();
    const field = this.page.locator('.auth-container', { hasText: 'X-API-Key' });
    await field.locator('input').fill(key);
    await field.getByRole('button', { name: 'Apply credentials' }).click();
    await field.getByRole('button', { name: 'Close' }).click();
  }

  /** The place of an operation on the page. */
  operation(id: string) {
    return this.page.locator(`.opblock[id$="-${id}"]`);
  }

  /** Closes the operation that is open, since Swagger UI renders all that is open at each press. */
  private async closeOther(id: string): Promise<void> {
    const other = this.operation(this.opened ?? id);
    const isOpen = this.opened !== undefined && this.opened !== id && (await other.locator('.execute').isVisible());
    if (isOpen) await other.locator('.opblock-summary-control').click();
    this.opened = id;
  }

  /** Opens an operation if need be, fills in, presses Execute, and reads the answer off the page. */
  async execute(id: string, { parameters = {}, example, body }: Filled = {}): Promise<{ status: number; body: any }> {
    await this.closeOther(id);
    const operation = this.operation(id);
    const button = operation.locator('.execute');
    if (!(await button.isVisible())) await operation.locator('.opblock-summary-control').click();
    for (const [name, value] of Object.entries(parameters))
      await operation.locator(`tr[data-param-name="${name}"] input`).fill(value);
    if (example)
      await operation.locator('.opblock-section-request-body .examples-select select').selectOption({ label: example });
    if (body) await operation.locator('textarea').fill(JSON.stringify(body));

    const answered = this.page.waitForResponse((response) => response.url().includes('/api/'));
    await button.click();
    // The answer of an earlier press stays on the page until the new one takes its place.
    const requestId = (await answered).headers()['x-request-id'] ?? '';
    const live = operation.locator('.live-responses-table', { hasText: requestId });
    const status = await live.locator('.response .response-col_status').first().innerText();
    const text = await live.locator('.highlight-code code').first().innerText();
    return { status: Number.parseInt(status), body: JSON.parse(text) };
  }
}
