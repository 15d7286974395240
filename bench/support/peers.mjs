// Starts the databases that points are compared with, from Debian's packages, each on a folder and a port of its own.
import { spawn, spawnSync } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './databases.mjs';

const LONGEST_START_MILLIS = 20_000;
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const USER = 'bench';
const PASSWORD = 'bench-password';
const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

/** Whether a program is there. Without it, what it is compared in is left out. */
export function isInstalled(program) {
  return spawnSync('which', [program]).status === 0;
}

/** The version of a Debian package. */
export function versionOf(name) {
  return spawnSync('dpkg-query', ['-W', '-f=${Version}', name], { encoding: 'utf8' }).stdout;
}

/** InfluxDB 1 with authentication on, as Debian configures it otherwise: each write is synced before it is answered. */
export async function startInflux() {
  const folder = temporaryFolder();
  const [port, rpc] = await Promise.all([freePort(), freePort()]);
  const environment = {
    INFLUXDB_REPORTING_DISABLED: 'true',
    INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
    INFLUXDB_META_DIR: join(folder, 'meta'),
    INFLUXDB_DATA_DIR: join(folder, 'data'),
    INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
    INFLUXDB_DATA_QUERY_LOG_ENABLED: 'false',
    INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
    INFLUXDB_HTTP_AUTH_ENABLED: 'true',
    INFLUXDB_HTTP_LOG_ENABLED: 'false',
    INFLUXDB_MONITOR_STORE_ENABLED: 'false',
  };
  const server = await start('influxd', ['run'], { folder, port, environment, ready: '/ping' });
  const query = (text, path = '/query?') =>
    ok(
      globalThis.fetch(`${server.url}${path}q=${encodeURIComponent(text)}`, {
        method: 'POST',
        headers: { Authorization: AUTHORIZATION },
      }),
    );
  await query(`CREATE USER ${USER} WITH PASSWORD '${PASSWORD}' WITH ALL PRIVILEGES`);
  await query('CREATE DATABASE bench');
  return {
    ...server,
    headers: { Authorization: AUTHORIZATION },
    writePath: '/write?db=bench&precision=ms',
    writeStatus: 204,
    query: (text) => query(text, '/query?db=bench&epoch=ms&'),
    queryPath: (text) => `/query?db=bench&epoch=ms&q=${encodeURIComponent(text)}`,
  };
}

/** VictoriaMetrics, which syncs what it was sent some seconds later. */
export async function startVictoria() {
  const folder = temporaryFolder();
  const port = await freePort();
  const args = [
    `-storageDataPath=${folder}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    '-search.disableCache',
    '-search.latencyOffset=0s',
  ];
  const server = await start('victoria-metrics', args, { folder, port, ready: '/health' });
  return { ...server, headers: {}, writePath: '/write?precision=ms', writeStatus: 204 };
}

async function start(program, args, { folder, port, environment = {}, ready }) {
  const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: 'ignore' });
  running.add(child);
  const exited = new Promise((resolve) => child.once('exit', resolve)).then(() => running.delete(child));
  const url = `http://127.0.0.1:${port}`;
  const endsAt = Date.now() + LONGEST_START_MILLIS;
  for (;;) {
    const answer = await globalThis.fetch(url + ready).catch(() => undefined);
    if (answer?.ok) break;
    if (Date.now() > endsAt || child.exitCode !== null) throw new Error(`${program} did not start`);
    await sleep(50);
  }
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { pid: child.pid, url, port, folder, stop };
}

async function ok(answering) {
  const answer = await answering;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`It answered ${answer.status}: ${text}`);
  return text;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
