// Drives a caller who waits for each answer before the next request, in a process of its own.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ask } from './ask.mjs';
import { cpuSeconds } from './processes.mjs';

/** Starts a caller. `stop` ends it. */
export function startCaller() {
  const child = fork(fileURLToPath(new URL('./caller-process.mjs', import.meta.url)));

  /**
   * Begins to send these requests in rotation, until `finish` is called.
   *
   * @param job with `everyMillis`, that long after one another at least; without `status`, any answer will do that is no error
   */
  async function begin({ server, requests, status, count, everyMillis }) {
    await ask(child, { port: server.port, requests, status, count, everyMillis });
  }

  /**
   * @returns for each request when it was sent and when it was answered, in milliseconds of `nowMillis`
   * @throws Error when an answer had another status, or did not come
   */
  async function finish() {
    return (await ask(child, {})).waits;
  }

  /** Sends so many requests, as a round for `measureInTurn`. */
  async function repeat(job) {
    const cpuBefore = cpuSeconds(job.server.pid);
    await begin(job);
    const waits = await finish();
    const millis = waits.at(-1)[1] - waits[0][0];
    return {
      perSecond: (waits.length / millis) * 1000,
      answered: waits.length,
      cpuSeconds: cpuSeconds(job.server.pid) - cpuBefore,
    };
  }

  return { begin, finish, repeat, stop: () => child.disconnect() };
}
