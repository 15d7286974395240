import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';

/** `.ci/run` installs InfluxDB 1 from Debian; elsewhere, what needs it is left out. */
export const HAS_INFLUXD = spawnSync('influxd', ['version'], { stdio: 'ignore' }).status === 0;

const LONGEST_START_MILLIS = 20_000;

/** An InfluxDB 1 of its own, with an empty database. */
export interface Influxd {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts InfluxDB on free ports of the loopback, with its data in a temporary folder. */
export async function startInfluxd(database: string): Promise<Influxd> {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-influxd-'));
  const [port, rpcPort] = [await freePort(), await freePort()];
  const { PATH = '' } = process.env;
  const child = spawn('influxd', ['run'], {
    env: {
      PATH,
      HOME: folder,
      INFLUXDB_REPORTING_DISABLED: 'true',
      INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpcPort}`,
      INFLUXDB_META_DIR: join(folder, 'meta'),
      INFLUXDB_DATA_DIR: join(folder, 'data'),
      INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
      INFLUXDB_DATA_QUERY_LOG_ENABLED: 'false',
      INFLUXDB_COORDINATOR_MAX_SELECT_BUCKETS: '100000',
      INFLUXDB_COORDINATOR_QUERY_TIMEOUT: '10s',
      INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
      INFLUXDB_HTTP_LOG_ENABLED: 'false',
      INFLUXDB_MONITOR_STORE_ENABLED: 'false',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-10_000)));
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    rmSync(folder, { recursive: true });
  };
  const deadline = Date.now() + LONGEST_START_MILLIS;
  while (!(await answers(`${url}/ping`)))
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`InfluxDB did not start: ${log}`);
    }
  await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q: `CREATE DATABASE "${database}"` }) });
  return { url, stop };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
