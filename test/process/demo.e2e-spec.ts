import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ON_POSTGRES } from '../support/test-app';

const DEMO = join(__dirname, '..', '..', 'scripts', 'demo.mjs');
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('dakkio-demo-'));

describe('npm run demo', () => {
  jest.setTimeout(60_000);
  // It has a database of its own, whatever the others are tested on.
  const test = ON_POSTGRES ? it.skip : it;

  test('walks from an empty server to plots of a day, and leaves nothing behind', () => {
    const before = folders();
    const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    for (const part of [
      /Living room: 1440 points of yesterday/,
      /POST \/api\/data\/query \{"filters":.*"groupBy":"30m"\}/,
      / {2}temperature\n +[\d.]+ │[ ▁▂▃▄▅▆▇█]{48}\n/,
      /24 rows, one for each hour\n {2}watts\n/,
      /\{"min":\d+,"median":\d+(\.\d+)?,"p95":\d+(\.\d+)?,"max":\d+\}/,
      /Greenhouse +\{"temperature":.*"mode":"night"\}/,
      /31\.5 °C: alert\.triggered, "Living room too hot", 31\.5 against 30; the signature is right/,
      /22 °C: alert\.resolved, "Living room too hot", 22 against 30; the signature is right/,
      /Power meter {2}1440 points, on average watts [\d.]+/,
    ])
      expect(stdout).toMatch(part);
    expect(folders()).toEqual(before);
  });

  test('stays up with --stay, until Ctrl-C', async () => {
    const before = folders();
    const child = spawn(process.execPath, [DEMO, '--stay'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    let printed = '';
    await new Promise<void>((resolve) =>
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (/Its Admin key: dakkio_a_/.test(printed)) resolve();
      }),
    );
    const [, url = ''] = /up at (\S+),/.exec(printed) ?? [];
    const [key = ''] = /dakkio_a_[0-9A-Za-z]{36}/.exec(printed) ?? [];
    expect((await fetch(`${url}/api/buckets`, { headers: { 'X-API-Key': key } })).status).toBe(200);
    child.kill('SIGINT');
    expect((await closed)[0]).toBe(0);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    expect(folders()).toEqual(before);
  });
});
