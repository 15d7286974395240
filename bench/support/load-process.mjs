// The load generator's own process. It takes one job at a time from its parent: so many connections, each with one
// request outstanding, until the time or the count is over. Everything is counted, and one answer with another status
// than the expected one fails the job.
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setImmediate } from 'node:timers';
import { answerWith } from './ask.mjs';
import { open } from './connection.mjs';

/** Longer than any answer takes that still belongs into a figure. */
const LONGEST_ANSWER_SECONDS = 20;
/** Short beside the time in which a server gets through what 32 connections have sent. */
const NAP_MILLIS = 0.2;

answerWith(run);

async function run({ port, requests, status, connections, seconds, count = Infinity }) {
  const bytes = requests.map((request) => Buffer.from(request));
  const sockets = [];
  const stopNapping = nap();
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      let sent = 0;
      let answered = 0;
      let opened = 0;
      let startedAt = 0;
      let endsAt = 0;
      const send = (socket) => socket.write(bytes[sent++ % bytes.length]);
      const answer = (socket, got) => {
        if (got.status !== status) return reject(new Error(`Expected ${status}, got: ${got.text.slice(0, 400)}`));
        answered += 1;
        const now = performance.now();
        if (now < endsAt && sent < count) send(socket);
        else if (answered === sent) resolve({ answered, seconds: (now - startedAt) / 1000 });
      };
      const begin = () => {
        startedAt = performance.now();
        endsAt = startedAt + seconds * 1000;
        sockets.forEach(send);
      };
      for (let index = 0; index < connections; index++) {
        const socket = open(port, answer, reject);
        socket.on('connect', () => ++opened === connections && begin());
        sockets.push(socket);
      }
      timer = setTimeout(() => reject(new Error('No answer for too long')), (seconds + LONGEST_ANSWER_SECONDS) * 1000);
    });
  } finally {
    clearTimeout(timer);
    stopNapping();
    for (const socket of sockets) socket.removeAllListeners('close').destroy();
  }
}

/**
 * Looks for answers between naps, until the given function is called. A process that waits for its sockets is woken by
 * each answer, and on a virtual machine the server pays for that: up to half of its time.
 */
function nap() {
  const never = new Int32Array(new SharedArrayBuffer(4));
  let napping = true;
  const next = () => {
    if (!napping) return;
    Atomics.wait(never, 0, 0, NAP_MILLIS);
    setImmediate(next);
  };
  next();
  return () => (napping = false);
}
