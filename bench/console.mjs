// `npm run bench:console`: what the console costs a browser: its first load, its longest task, and its memory over time.
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt('development');
const { firstLoad, hour, liveBucket, rangeChanges } = await import('./console/parts.mjs');
const { startEmpty, startScene, SOURCES } = await import('./console/scene.mjs');
const { signIn, startBrowser } = await import('./console/tab.mjs');
const { readOptions } = await import('./support/options.mjs');
const { atMost, publish, table } = await import('./support/report.mjs');

const { seconds, rounds, write } = readOptions({ seconds: '20' });
const scene = await startScene();
say('A year of points is stored');
const browser = await startBrowser();
const session = await signIn(browser, scene.server, scene.adminKey);
const repeat = async (name, work) => {
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await work());
  say(`${name}: ${JSON.stringify(results)}`);
  return results;
};
const loads = await repeat('first load', () => firstLoad(browser, scene, session));
const empty = await startEmpty();
const emptySession = await signIn(browser, empty.server, empty.adminKey);
const emptyLoads = await repeat('first load of an empty server', () => firstLoad(browser, empty, emptySession));
await empty.server.stop();
const live = await repeat('live', () => liveBucket(browser, scene, session, seconds));
const ranges = await repeat('ranges', () => rangeChanges(browser, scene, session));
const hours = {};
for (const screen of ['bucket', 'explorer']) {
  hours[screen] = growth(await hour(browser, scene, session, screen));
  say(`${screen}, an hour: ${JSON.stringify(hours[screen])}`);
}
const version = browser.version();
await browser.close();
await scene.server.stop();

const column = (results, name) => results.map((result) => result[name]);
publish({
  script: 'bench:console',
  about:
    `Chromium ${version} without a window, over plain HTTP; server, browser and sender share the machine. Medians of ${rounds} runs with the lowest ` +
    'and the highest, each in a new profile. Memory is measured after forced garbage collection. ' +
    `Live: each of ${SOURCES} data sources gets a point a second, for ${seconds} s. Ranges: presets and steps back and forth in a year of points at ` +
    'one a minute. Hour: the clocks of page and server are moved by 5 s at a time, with a point of every data source after each; ' +
    'growth from the 10th to the 60th minute.',
  parts: [
    table(
      ['Console', 'value', 'goal'],
      [
        ['First load: files, compressed, kB', ...atMost(column(loads, 'kilobytes'), 130)],
        ['First load of an empty server: files, compressed, kB', ...atMost(column(emptyLoads, 'kilobytes'), 130)],
        ['First load: files', ...atMost(column(loads, 'files'))],
        ['First load: API calls', ...atMost(column(loads, 'calls'))],
        ['From the document to the first complete screen, ms', ...atMost(column(loads, 'millis'), 1000)],
        [
          `Longest task while ${SOURCES} data sources are opened, ms (50 or more)`,
          ...atMost(column(live, 'opening'), 200),
        ],
        [`Longest task while ${SOURCES} data sources are live, ms (50 or more)`, ...atMost(column(live, 'live'), 200)],
        ['Heap after 100 range changes, MB more', ...atMost(column(ranges, 'megabytes'), 2)],
        ['Nodes after 100 range changes, more', ...atMost(column(ranges, 'nodes'))],
        ['Live bucket in an hour: heap, MB more', ...atMost([hours.bucket.megabytes], 2)],
        ['Live bucket in an hour: nodes, more', ...atMost([hours.bucket.nodes])],
        ['Live chart in an hour: heap, MB more', ...atMost([hours.explorer.megabytes], 2)],
        ['Live chart in an hour: nodes, more', ...atMost([hours.explorer.nodes])],
      ],
    ),
  ],
  packages: ['playwright-core', 'react', 'uplot'],
  write,
});

function growth(weights) {
  const [first, last] = [weights[0], weights.at(-1)];
  return { megabytes: (last.bytes - first.bytes) / 1e6, nodes: last.nodes - first.nodes, weights };
}
