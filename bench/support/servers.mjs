// Starts the servers that are measured, each in a process of its own on a free port of the loopback.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { clearTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../scripts/ready.mjs';
import { ask } from './ask.mjs';

const DAKKIO = join(ROOT, 'dist', 'main.js');
const LONGEST_START_MILLIS = 20_000;
const running = new Set();

process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A server on the SQLite file of this path, unless the environment says otherwise, with this Admin key. */
export function startDakkio(path, adminKey, environment = {}) {
  return start(DAKKIO, {
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: `sqlite:${path}`,
    // Creations are measured by the hundred thousand.
    DAKKIO_KEYS_PER_BUCKET: '1000000',
    DAKKIO_ADMIN_KEY: adminKey,
    DAKKIO_LOG_LEVEL: 'warn',
    ...environment,
  });
}

/** A server of bench/servers/, which prints its address once it listens. */
export function startOther(name, environment = {}) {
  return start(other(name), environment);
}

/** The same for one that answers messages, which `ask` sends. */
export function startAnswering(name, environment = {}) {
  return start(other(name), environment, ['ipc']);
}

/** A well-formed Admin key to preset. */
export function newAdminKey() {
  const args = [join(ROOT, 'dist', 'cli.js'), 'admin-key', '--generate'];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('No Admin key could be generated');
  return stdout.trim();
}

/** Sends JSON and reads JSON, for what must be there before a measurement. */
export async function call(server, method, path, { headers = {}, body } = {}) {
  const response = await globalThis.fetch(server.url + path, {
    method,
    headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return { body: JSON.parse(text), headers: response.headers };
}

function other(name) {
  return fileURLToPath(new URL(`../servers/${name}.mjs`, import.meta.url));
}

async function start(script, environment, channels = []) {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', ...channels],
  });
  running.add(child);
  const exited = new Promise((resolve) => child.once('exit', resolve)).then(() => running.delete(child));
  const url = await addressOf(child);
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { pid: child.pid, url, port: Number(new URL(url).port), stop, ask: (message) => ask(child, message) };
}

function addressOf(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`${child.spawnargs[1]} ${why}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), LONGEST_START_MILLIS);
    child.once('exit', () => fail('ended before it listened'));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
