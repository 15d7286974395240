// Starts mosquitto from Debian's package, and finds free ports.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../support/databases.mjs';
import { isInstalled } from '../support/peers.mjs';

const LONGEST_START_MILLIS = 10_000;
/** Debian puts it where only root's PATH leads. */
const PROGRAM = isInstalled('mosquitto') ? 'mosquitto' : '/usr/sbin/mosquitto';
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export function hasBroker() {
  return isInstalled('mosquitto') || existsSync(PROGRAM);
}

/** mosquitto with persistence, which keeps each message for a subscriber that is away. */
export async function startBroker() {
  const folder = temporaryFolder();
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  const limits = 'max_queued_messages 0\nmax_inflight_messages 0\nlog_type error\n';
  const persistence = `persistence true\npersistence_location ${folder}/\n`;
  writeFileSync(file, `${user}listener ${port} 127.0.0.1\nallow_anonymous true\n${limits}${persistence}`);
  const child = spawn(PROGRAM, ['-c', file], { stdio: 'ignore' });
  running.add(child);
  const exited = new Promise((resolve) => child.once('exit', resolve)).then(() => running.delete(child));
  await listening(port);
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { pid: child.pid, port, stop };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function listening(port) {
  const endsAt = Date.now() + LONGEST_START_MILLIS;
  for (;;) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
    if (Date.now() > endsAt) throw new Error('mosquitto did not start');
    await sleep(50);
  }
}
