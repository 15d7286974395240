// Builds the server into dist/: the bundle, the programs that start from it, the API's description, and the code that V8 has compiled.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../ready.mjs';
import { bundle, bundleThread } from './bundle.mjs';
import { indexOf, makeIndex } from './source-map.cjs';

const run = promisify(execFile);
const DIST = join(ROOT, 'dist');
const own = (name) => fileURLToPath(new URL(name, import.meta.url));

/** `dist/main.js` is written last: where it is, the build is complete. */
export async function build() {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  await mkdir(DIST, { recursive: true });
  // The console is built by itself.
  for (const name of await readdir(DIST))
    if (name !== 'console') await rm(join(DIST, name), { recursive: true, force: true });
  await bundle(join(DIST, 'server.js'), version);
  await bundleThread(join(DIST, 'sqlite-thread.js'));
  await copyFile(own('load.cjs'), join(DIST, 'load.js'));
  await copyFile(own('source-map.cjs'), join(DIST, 'source-map.js'));
  await writeFile(indexOf(join(DIST, 'server.js')), JSON.stringify(makeIndex(join(DIST, 'server.js'))));
  await writeProgram('cli');
  await keepWhatIsMade();
  await writeProgram('main');
}

async function writeProgram(name) {
  const text = `const { compile, programsOf } = require('./load.js');\nprogramsOf(compile()).${name}();\n`;
  await writeFile(join(DIST, `${name}.js`), text);
}

/** Without it a start takes a third more time, and the first requests for documents 0.1 s each. */
async function keepWhatIsMade() {
  const folder = await mkdtemp(join(tmpdir(), 'dakkio-build-'));
  const environment = { PATH: process.env.PATH, DAKKIO_DISK_RESERVE_BYTES: '0', DAKKIO_LOG_LEVEL: 'error' };
  try {
    await run(process.execPath, [own('warm.cjs'), DIST, folder], { env: environment });
  } catch (cause) {
    process.stderr.write(
      `The server starts more slowly, since it could not be started once for its build: ${cause.message}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
