// What is measured of the console, one function each. Every one opens a tab of its own.
import { setTimeout as pause } from 'node:timers/promises';
import { openTab } from './tab.mjs';

const MEGABYTE = 1e6;
const RANGE_CHANGES = 100;
const STEP_SECONDS = 5;
const HOUR_STEPS = 3600 / STEP_SECONDS;
const VALUES = `[...document.querySelectorAll('.last-value')].map(({ textContent }) => textContent).join()`;
const WEIGHED_EVERY = HOUR_STEPS / 6;

/** Kilobytes and requests up to the first complete screen, and milliseconds to it from the response with the document. */
export async function firstLoad(browser, { server }, session) {
  const tab = await openTab(browser, server, '/', { session });
  await tab.until('window.benchReadyAt');
  const readyAt = await tab.run('window.benchReadyAt');
  const responseEnd = await tab.run(`performance.getEntriesByType('navigation')[0].responseEnd`);
  const urls = [...new Set(tab.received.map(({ url }) => url))];
  const files = urls.filter((url) => !url.includes('/api/'));
  const kilobytes = tab.received.reduce((sum, { url, bytes }) => sum + (files.includes(url) ? bytes : 0), 0) / 1000;
  await tab.close();
  return {
    millis: readyAt - responseEnd,
    kilobytes,
    files: files.length,
    calls: urls.length - files.length,
  };
}

/** The longest task of the page of a bucket, from its opening on, while each of its data sources gets a point a second. */
export async function liveBucket(browser, { server, bucketId, storeAll, startedAt }, session, seconds) {
  const tab = await openTab(browser, server, `/buckets/${bucketId}`, { session });
  await tab.page.getByText('live', { exact: true }).waitFor();
  await tab.until('window.benchReadyAt');
  const opening = await tab.run('window.benchTasks.splice(0)');
  await tab.until(`document.querySelector('.last-value')`);
  const before = await tab.run(VALUES);
  for (let second = 0; second < seconds; second++) {
    await storeAll(Date.now() - startedAt);
    await pause(1000);
  }
  const live = await tab.run('window.benchTasks');
  if ((await tab.run(VALUES)) === before) throw new Error('No point has reached the page');
  await tab.close();
  return { opening: longest(opening), live: longest(live) };
}

/** What 100 changes of the range leave in the heap, in megabytes, and in nodes. */
export async function rangeChanges(browser, { server, bucketId, yearId }, session) {
  const tab = await openTab(browser, server, `/buckets/${bucketId}/sources/${yearId}`, { session });
  const buttons = ['1h', '6h', 'Earlier', '24h', '7d', 'Earlier', '30d', 'Earlier', '6h', '1y'];
  const change = async (index) => {
    const answered = tab.page.waitForResponse((response) => response.url().endsWith('/api/data/query'));
    await tab.page.getByRole('button', { name: buttons[index % buttons.length], exact: true }).click();
    await answered;
    await tab.until(
      `document.querySelector('.chart canvas') && !document.querySelector('.chart[data-stale], .skeleton')`,
    );
  };
  await tab.until(`document.querySelector('.chart canvas')`);
  for (let index = 0; index < buttons.length; index++) await change(index);
  const before = await tab.weigh();
  for (let index = 0; index < RANGE_CHANGES; index++) await change(index);
  const after = await tab.weigh();
  await tab.close();
  return { megabytes: (after.bytes - before.bytes) / MEGABYTE, nodes: after.nodes - before.nodes };
}

/**
 * The heap and the nodes of a tab in the course of an hour, with the clocks of the page and of the server moved by five seconds at a time
 * and a point of every data source after each move.
 *
 * @returns what was left after each ten minutes
 */
export async function hour(browser, { server, bucketId, yearId, storeAll, moveClock, startedAt }, session, screen) {
  const path = screen === 'bucket' ? '' : `/sources/${yearId}?range=1h&live=1`;
  const prepare = (page) => page.clock.install();
  const tab = await openTab(browser, server, `/buckets/${bucketId}${path}`, { session, prepare });
  await tab.page
    .getByText(/^live$/i)
    .first()
    .waitFor();
  const weights = [];
  for (let step = 1; step <= HOUR_STEPS; step++) {
    moveClock(step * STEP_SECONDS * 1000);
    await tab.page.clock.runFor(STEP_SECONDS * 1000);
    await storeAll(Date.now() - startedAt + step * STEP_SECONDS * 1000);
    // A console without input for half an hour is locked.
    if (step % 60 === 0) await tab.page.keyboard.press('Shift');
    if (step % WEIGHED_EVERY === 0) weights.push(await tab.weigh());
  }
  moveClock(0);
  await tab.close();
  return weights;
}

/** The browser reports tasks above 50 ms only. */
function longest(tasks) {
  return Math.max(50, ...tasks);
}
