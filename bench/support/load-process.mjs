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
/** Short compared with the time a server takes for the requests of 32 connections. */
const NAP_MILLIS = 0.2;

/** Where a time belongs: as many digits as milliseconds have until the year 2286. */
const MARK = '#'.repeat(13);

answerWith(run);

async function run({ port, requests, series, status, connections, seconds, count = Infinity }) {
  const next = series ? stamped(series) : inRotation(requests);
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
      const send = (socket) => socket.write(next(sent++, socket));
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

function inRotation(requests) {
  const bytes = requests.map((request) => Buffer.from(request));
  return (index) => bytes[index % bytes.length];
}

/**
 * One request over and over, in which each group of 13 `#` is a time in milliseconds: they follow each other as the marks
 * do, and from one request to the next. Of `perTime` marks in a row all say the same time.
 */
function stamped({ text, firstMillis, stepMillis, perTime }) {
  const template = Buffer.from(text);
  const places = [];
  for (let at = template.indexOf(MARK); at !== -1; at = template.indexOf(MARK, at + MARK.length)) places.push(at);
  const times = places.length / perTime;
  // What a socket has not sent yet must not change: each has bytes of its own.
  const own = new Map();
  return (index, socket) => {
    const bytes = own.get(socket) ?? Buffer.from(template);
    own.set(socket, bytes);
    const start = firstMillis + index * times * stepMillis;
    for (let time = 0; time < times; time++) {
      const digits = Buffer.from(String(start + time * stepMillis), 'latin1');
      for (let same = 0; same < perTime; same++) digits.copy(bytes, places[time * perTime + same]);
    }
    return bytes;
  };
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
