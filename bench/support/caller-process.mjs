// One caller in a process of its own: one connection, one request after the other, and how long each was waited for.
// It starts when it is given a job, and tells of it when it is asked to finish. Between answers it sleeps, as callers do.
import { Buffer } from 'node:buffer';
import { clearTimeout, setTimeout } from 'node:timers';
import { answerWith } from './ask.mjs';
import { nowMillis } from './clock.mjs';
import { open } from './connection.mjs';

const LONGEST_JOB_SECONDS = 120;

let running;

answerWith(async (job) => {
  if (job.port === undefined) return { waits: await running.finish() };
  running = begin(job);
  return {};
});

function begin({ port, requests, status, count = Infinity, everyMillis = 0 }) {
  const bytes = requests.map((request) => Buffer.from(request));
  const waits = [];
  let enough = false;
  let close = () => {};
  const done = new Promise((resolve, reject) => {
    let sentAt = 0;
    const send = () => {
      sentAt = nowMillis();
      socket.write(bytes[waits.length % bytes.length]);
    };
    const answer = (_, got) => {
      waits.push([sentAt, nowMillis()]);
      const isExpected = status === undefined ? got.status < 400 : got.status === status;
      if (!isExpected) reject(new Error(`Expected ${status ?? 'success'}, got: ${got.text.slice(0, 400)}`));
      else if (enough || waits.length >= count) resolve();
      else if (everyMillis > 0) setTimeout(send, Math.max(0, sentAt + everyMillis - nowMillis()));
      else send();
    };
    const socket = open(port, answer, reject);
    socket.on('connect', send);
    const timer = setTimeout(() => reject(new Error('The job took too long')), LONGEST_JOB_SECONDS * 1000);
    close = () => {
      clearTimeout(timer);
      socket.removeAllListeners('close').destroy();
    };
  });
  done.then(close, close);
  return {
    finish: async () => {
      enough = count === Infinity;
      await done;
      return waits;
    },
  };
}
