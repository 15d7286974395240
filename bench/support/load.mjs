// Drives the load generator, which runs in a process of its own so that it takes no time from what is measured.
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ask } from './ask.mjs';
import { cpuSeconds } from './processes.mjs';

export const CONNECTIONS = 32;

/** Starts a load generator. `run` sends one server what it shall be sent; `stop` ends the generator. */
export function startLoad() {
  const child = fork(fileURLToPath(new URL('./load-process.mjs', import.meta.url)));

  /**
   * Sends these requests in rotation, or one of a series with the times that follow, each connection waiting for its answer, for so many seconds or until `count`.
   *
   * @throws Error when an answer has another status than `status`, or does not come
   */
  async function run({ server, status, seconds, connections = CONNECTIONS, ...job }) {
    const cpuBefore = cpuSeconds(server.pid);
    const result = await ask(child, { ...job, port: server.port, status, seconds, connections });
    return {
      perSecond: result.answered / result.seconds,
      answered: result.answered,
      cpuSeconds: cpuSeconds(server.pid) - cpuBefore,
    };
  }

  return { run, stop: () => child.disconnect() };
}

/** The bytes of a request of HTTP/1.1, which keeps its connection open. */
export function requestText(method, path, { headers = {}, body } = {}) {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const lines = Object.entries({
    Host: '127.0.0.1',
    ...headers,
    ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
}
