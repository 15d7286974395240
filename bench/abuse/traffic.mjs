// What an attacker sends, over plain sockets, so that no client library is polite in its place.
import { Buffer } from 'node:buffer';
import http from 'node:http';
import { connect } from 'node:net';
import { clearTimeout, setTimeout as later } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOPBACK = '127.0.0.1';

/** How often each answer came: by status, and `closed` for a connection that ended without one. */
export class Outcomes {
  counts = new Map();

  add(outcome, times = 1) {
    this.counts.set(String(outcome), (this.counts.get(String(outcome)) ?? 0) + times);
  }

  toString() {
    return [...this.counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ') || 'none answered';
  }
}

/**
 * Writes these bytes on each of so many connections, reads nothing for so many milliseconds, then reads what there is for a second.
 *
 * @returns the statuses of the answers that were read
 */
export async function writeWithoutReading(port, bytes, { connections = 1, millis }) {
  const outcomes = new Outcomes();
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect({ port, host: LOOPBACK });
    const read = { closed: false, rest: '' };
    // A head that is cut in two by the end of a chunk is found when the next one comes.
    socket.setEncoding('latin1').on('data', (text) => {
      const whole = read.rest + text;
      for (const [, status] of whole.matchAll(/HTTP\/1\.1 (\d{3}) /g)) outcomes.add(status);
      read.rest = whole.slice(-12).replace(/HTTP\/1\.1 \d{3} /, '');
    });
    socket.on('error', () => {}).on('close', () => (read.closed = true));
    socket.pause();
    socket.write(bytes);
    return { socket, read };
  });
  await sleep(millis);
  for (const { socket } of sockets) socket.resume();
  await sleep(1000);
  for (const { socket, read } of sockets) {
    if (read.closed) outcomes.add('closed');
    socket.destroy();
  }
  return outcomes;
}

/**
 * Writes a head and then these bytes again and again on so many connections, as fast as they are taken, for so many milliseconds. A
 * connection that is closed is opened again.
 */
export async function writeWithoutEnd(port, head, bytes, { connections, millis }) {
  const outcomes = new Outcomes();
  const end = Date.now() + millis;
  const sockets = new Set();
  const open = () => {
    if (Date.now() > end) return;
    const socket = connect({ port, host: LOOPBACK });
    sockets.add(socket);
    const write = () => {
      while (!socket.destroyed && Date.now() < end)
        if (!socket.write(bytes)) {
          socket.once('drain', write);
          return;
        }
    };
    socket.on('error', () => {}).on('data', (chunk) => outcomes.add(chunk.toString('latin1').slice(9, 12)));
    socket.on('connect', () => {
      socket.write(head);
      write();
    });
    socket.on('close', () => {
      sockets.delete(socket);
      later(open, 5);
    });
  };
  for (let index = 0; index < connections; index++) open();
  await sleep(millis);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return outcomes;
}

/** Opens so many connections that say this much and no more, and keeps them for so many milliseconds. */
export async function holdOpen(port, text, { connections, millis }) {
  const outcomes = new Outcomes();
  const sockets = [];
  for (let index = 0; index < connections; index++) {
    const socket = connect({ port, host: LOOPBACK });
    socket.on('error', () => {}).on('close', () => outcomes.add('closed'));
    socket.once('data', (chunk) => outcomes.add(chunk.toString('latin1').slice(9, 12)));
    socket.write(text);
    sockets.push(socket);
    if (index % 100 === 99) await sleep(5);
  }
  await sleep(millis);
  outcomes.add('still open', sockets.filter((socket) => !socket.destroyed).length);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return outcomes;
}

/**
 * Writes these bytes on a connection, and resets it once the first answer begins, again and again over so many connections.
 *
 * @param after a request that is sent at the end: its answer shows whether the server is still able to give one
 */
export async function pipelineAndReset(port, bytes, { connections, millis, after }) {
  const outcomes = new Outcomes();
  const end = Date.now() + millis;
  const work = async () => {
    while (Date.now() < end) outcomes.add(`${await firstStatus(port, bytes)} and reset`);
  };
  await Promise.all(Array.from({ length: connections }, work));
  outcomes.add(`${await firstStatus(port, after)} after it`);
  return outcomes;
}

function firstStatus(port, bytes) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    socket.once('data', (chunk) => {
      resolve(chunk.toString('latin1').slice(9, 12));
      socket.resetAndDestroy();
    });
    socket.on('error', () => {}).on('close', () => resolve('closed'));
    socket.write(bytes);
  });
}

/** How long requests that are under way when an attack ends may take. */
const LONGEST_REST_MILLIS = 1000;

/**
 * Sends requests over so many connections, each waiting for its answer and taking all of it, for so many milliseconds
 * or until each was sent once. Those that take much longer are aborted.
 *
 * @param requestAt index → `{ method, path, headers, body }`, or nothing when there are no more
 */
export async function ask(port, requestAt, { connections, millis }) {
  const outcomes = new Outcomes();
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const end = Date.now() + millis;
  let next = 0;
  let isOver = false;
  const work = async () => {
    while (Date.now() < end) {
      const request = requestAt(next++);
      if (!request) return;
      const status = await statusOf(port, agent, request);
      outcomes.add(isOver ? 'still under way' : status);
    }
  };
  const all = Promise.all(Array.from({ length: connections }, work));
  const timer = later(() => {
    isOver = true;
    agent.destroy();
  }, millis + LONGEST_REST_MILLIS);
  await all;
  clearTimeout(timer);
  agent.destroy();
  return outcomes;
}

function statusOf(port, agent, { method, path, headers = {}, body }) {
  return new Promise((resolve) => {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const request = http.request(
      {
        port,
        host: LOOPBACK,
        method,
        path,
        agent,
        headers: { ...headers, ...(bytes && { 'Content-Length': bytes.length }) },
      },
      (response) => {
        response.on('error', () => resolve('closed')).on('end', () => resolve(response.statusCode));
        response.resume();
      },
    );
    request.on('error', () => resolve('closed'));
    request.end(bytes);
  });
}
