// A tab of a real browser, without a window, and what it tells of itself.
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { tsImport } from 'tsx/esm/api';

const { OTHER_HOST, findBrowser, openBrowser } = await tsImport('../../test/support/docs-browser.ts', import.meta.url);
const LONGEST_WAIT_MILLIS = 30_000;
const STORED = 'dakkio:session';

/** Noted by the page itself: when the first screen is complete, and every task above 50 ms. */
const OBSERVER = `
  window.benchTasks = [];
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.benchTasks.push(duration)))
    .observe({ type: 'longtask', buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.shell-main h1:not(.page-unnamed)') || document.querySelector('.skeleton')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.benchReadyAt = performance.now())));
  }).observe(document, { childList: true, subtree: true });
`;

/** Starts the browser that the tests use too. */
export async function startBrowser() {
  const path = findBrowser();
  if (!path) throw new Error('No Chromium, Chrome or Edge was found. CHROME_PATH may name it');
  return openBrowser(path);
}

/**
 * Opens a path of the console in a new profile with an empty cache, over plain HTTP from another host, as on a LAN.
 *
 * @param options `session`: what `signIn` gave; `prepare` is called with the page before it is opened
 */
export async function openTab(browser, server, path, { session, prepare } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const debug = await context.newCDPSession(page);
  for (const domain of ['Network', 'Performance', 'HeapProfiler']) await debug.send(`${domain}.enable`);
  const received = [];
  const urls = new Map();
  debug.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
  // Bodies as they come over the wire, compressed.
  debug.on('Network.dataReceived', ({ requestId, encodedDataLength }) =>
    received.push({ url: urls.get(requestId) ?? '', bytes: encodedDataLength }),
  );
  await page.addInitScript(OBSERVER);
  if (session) await page.addInitScript(`sessionStorage['${STORED}'] ??= ${JSON.stringify(session)}`);
  await prepare?.(page);
  await page.goto(`http://${OTHER_HOST}:${server.port}/#${path}`);

  /** The policy of the console lets no text run in the page, as `page.evaluate` would. */
  async function run(expression) {
    const { result, exceptionDetails } = await debug.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async function until(expression) {
    const startedAt = performance.now();
    while (!(await run(`Boolean(${expression})`))) {
      if (performance.now() - startedAt > LONGEST_WAIT_MILLIS) throw new Error(`The page never had: ${expression}`);
      await pause(10);
    }
  }

  /** What is left after the garbage was collected, in bytes of the heap and in nodes of the document and beside it. */
  async function weigh() {
    for (let time = 0; time < 3; time++) await debug.send('HeapProfiler.collectGarbage');
    const { metrics } = await debug.send('Performance.getMetrics');
    const value = (wanted) => metrics.find(({ name }) => name === wanted).value;
    return { bytes: value('JSHeapUsedSize'), nodes: value('Nodes') };
  }

  return { page, run, until, weigh, received, close: () => context.close() };
}

/** Signs in with a key, and gives the session as the console stores it. */
export async function signIn(browser, server, key) {
  const tab = await openTab(browser, server, '/');
  await tab.page.getByLabel('Key', { exact: true }).fill(key);
  await tab.page.getByRole('button', { name: 'Open' }).click();
  await tab.until(`sessionStorage['${STORED}']`);
  const session = await tab.run(`sessionStorage['${STORED}']`);
  await tab.close();
  return session;
}
