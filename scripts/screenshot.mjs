// `node scripts/screenshot.mjs`: makes docs/swagger-ui.png again, with a server and a database of its own that are gone
// afterwards, and with them the keys in the picture.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { ensureBuilt, ROOT, say } from './ready.mjs';

const LEFT_OUT = `.swagger-ui .curl-command, .swagger-ui .request-url { display: none }
  .swagger-ui .opblock-body textarea.body-param__text { min-height: 90px !important }`;
const PICTURE = join(ROOT, 'docs', 'swagger-ui.png');

ensureBuilt('development');
const { DocsPage, findBrowser, openBrowser } = await tsImport('../test/support/docs-browser.ts', import.meta.url);
const browserPath = findBrowser();
if (!browserPath) {
  say('No Chromium, Chrome or Edge was found. CHROME_PATH may name it.');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'dakkio-picture-'));
const server = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
  env: { DATABASE_URL: `sqlite:${join(folder, 'picture.db')}`, PORT: '0', HOST: '127.0.0.1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const { address, adminKey } = await readWelcome();
  await takePicture(address, adminKey);
} finally {
  server.kill();
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

async function readWelcome() {
  let printed = '';
  for await (const text of server.stdout.setEncoding('utf8')) {
    printed += text;
    const [, address] = /ready at +(\S+)\n/.exec(printed) ?? [];
    const [adminKey] = /dakkio_a_\w{36}/.exec(printed) ?? [];
    if (address && adminKey) return { address, adminKey };
  }
  throw new Error(`The server did not start: ${printed}`);
}

async function takePicture(address, adminKey) {
  const browser = await openBrowser(browserPath);
  const docs = await DocsPage.open(browser, address, { width: 1200, height: 900, zoom: 0.72 });
  // So that the request and its answer fit in one picture.
  await docs.page.addStyleTag({ content: LEFT_OUT });
  await docs.authorize(adminKey);
  const { bucket } = (await docs.execute('createBucket')).body;
  await docs.execute('createApiKey', { parameters: { bucketId: bucket._id } });
  await docs.operation('createApiKey').evaluate((element) => element.scrollIntoView());
  await docs.page.screenshot({ path: PICTURE });
  await browser.close();
  say(`Wrote ${PICTURE}`);
}
