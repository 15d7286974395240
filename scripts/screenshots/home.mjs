// The server of the pictures: a home whose data is the same on every run, at a clock that always begins at the same time.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../ready.mjs';
import { fill } from './fill.mjs';

const NOW = Date.UTC(2026, 10, 28, 17, 42);
const MOVED_CLOCK = pathToFileURL(join(ROOT, 'test', 'support', 'moved-clock.mjs'));
/** Where people find it. Snippets and links show it. */
const PORT = '3000';

/** Starts it, and stores what the pictures show. */
export async function startHome() {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-pictures-'));
  writeFileSync(join(folder, 'clock'), String(NOW - Date.now()));
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_OPTIONS: `--import=${MOVED_CLOCK}` },
      ...{ CLOCK_OFFSET_FILE: join(folder, 'clock'), DATABASE_URL: `sqlite:${join(folder, 'home.db')}` },
      ...{ PORT, HOST: '127.0.0.1', DAKKIO_LOG_LEVEL: 'error' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  process.on('exit', () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const adminKey = await welcomeOf(child, exited);
  const url = `http://localhost:${PORT}`;
  const ids = await fill({ url, adminKey, now: NOW });
  const stop = () => {
    child.kill();
    return exited;
  };
  return { url, adminKey, ids, now: NOW + 60_000, stop };
}

async function welcomeOf(child, exited) {
  let printed = '';
  const key = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const adminKey = /dakkio_a_\w{36}/.exec(printed)?.[0];
      if (adminKey && /ready at/.test(printed)) resolve(adminKey);
    });
  });
  const failed = exited.then(() => Promise.reject(new Error(`The server did not start; port ${PORT} must be free`)));
  return Promise.race([key, failed]);
}
