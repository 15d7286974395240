// The process of the readers of streams, apart from the server that is measured. `open` opens streams, `measure` waits and gives
// what has arrived meanwhile: the delays of the points of some readers, and how many points each reader got.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { answerWith } from './ask.mjs';

const LOOPBACK = '127.0.0.1';
/** Delays are read from every so many readers: to parse them all would take the processor that the server needs. */
const PARSED_EACH = 25;
const POINT = 'event: point';
const SENT = /"sent":([\d.]+)/g;

const readers = [];
let delays = [];

answerWith(({ open, seconds, close }) => {
  if (open) return openAll(open);
  if (close) return closeAll();
  return measure(seconds);
});

async function openAll({ port, path, keys, count }) {
  for (let begin = 0; begin < count; begin += 50) {
    const some = Array.from({ length: Math.min(50, count - begin) }, (_, index) => begin + index);
    await Promise.all(some.map((index) => openOne(port, path, keys[index % keys.length], index)));
  }
}

function openOne(port, path, key, index) {
  const reader = { points: 0, gaps: 0, socket: connect({ port, host: LOOPBACK }) };
  readers.push(reader);
  return new Promise((resolve, reject) => {
    const { socket } = reader;
    socket.setEncoding('latin1').on('error', reject);
    socket.on('data', (text) => {
      if (text.includes('event: ready')) resolve();
      else if (reader.points === 0 && /^HTTP\/1\.1 [45]/.test(text)) reject(new Error(text.slice(0, 400)));
      take(reader, text, index % PARSED_EACH === 0);
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${LOOPBACK}\r\nX-API-Key: ${key}\r\n\r\n`);
  });
}

function take(reader, text, isParsed) {
  for (let at = text.indexOf(POINT); at !== -1; at = text.indexOf(POINT, at + POINT.length)) reader.points += 1;
  if (text.includes('event: gap')) reader.gaps += 1;
  if (!isParsed) return;
  const now = performance.timeOrigin + performance.now();
  for (const [, sent] of text.matchAll(SENT)) delays.push(now - Number(sent));
}

async function measure(seconds) {
  delays = [];
  for (const reader of readers) reader.points = reader.gaps = 0;
  await setTimeout(seconds * 1000);
  const points = readers.map((reader) => reader.points);
  return {
    delays: delays.sort((one, other) => one - other),
    least: Math.min(...points),
    most: Math.max(...points),
    gaps: readers.reduce((sum, { gaps }) => sum + gaps, 0),
  };
}

function closeAll() {
  for (const { socket } of readers.splice(0))
    socket
      .removeAllListeners()
      .on('error', () => {})
      .destroy();
}
