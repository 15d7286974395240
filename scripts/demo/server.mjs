// The demo's server, and requests to it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from '../ready.mjs';

/** Starts a server on a database in this folder. It may send webhooks to this port of the loopback interface. */
export function startServer(folder, webhookPort) {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DAKKIO_LOG_LEVEL: 'warn',
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
      DAKKIO_WEBHOOK_ALLOW: `127.0.0.1:${webhookPort}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill());
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    let printed = '';
    void ended.then(() => reject(new Error('The server did not start')));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const url = /http:\/\/[\w.]+:\d+/.exec(printed)?.[0];
      const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(printed)?.[0];
      if (!url || !adminKey) return;
      const stop = () => {
        child.kill();
        return ended;
      };
      resolve({ url, adminKey, ended, stop, call: callerOf(url) });
    });
  });
}

function callerOf(url) {
  return async (method, path, { key, body } = {}) => {
    const response = await globalThis.fetch(url + path, {
      method,
      headers: { 'X-API-Key': key, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const reply = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${reply.message}`);
    return reply;
  };
}
