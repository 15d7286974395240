import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ON_POSTGRES } from '../support/test-app';

const DEMO = join(__dirname, '..', '..', 'scripts', 'demo.mjs');
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('dakkio-demo-'));

describe('npm run demo', () => {
  let running: ChildProcess | undefined;
  afterEach(() => running?.kill('SIGKILL'));
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
      /31\.5 °C: alert\.triggered, "Living room too hot", 31\.5 against 30; valid signature/,
      /22 °C: alert\.resolved, "Living room too hot", 22 against 30; valid signature/,
      /Power meter {2}1440 points, on average watts [\d.]+/,
      /`npm run demo -- --stay` keeps the server running to try it\.\n`npm start` starts a server that keeps its data\.\n$/,
    ])
      expect(stdout).toMatch(part);
    expect(folders()).toEqual(before);
  });

  /**
   * A program and arguments that run a command on a terminal of its own, where util-linux's script is installed. The command
   * replaces the shell, since dash also ends with 130 at Ctrl-C when the program handled it.
   */
  const onTerminal = (command: string) => ['script', '-qefc', `exec ${command}`, '/dev/null'] as const;
  const hasScript = spawnSync('script', ['--version']).status === 0;

  (ON_POSTGRES ? it.skip : it).each([
    ['with --stay', [process.execPath, DEMO, '--stay'], true],
    ['on a terminal', onTerminal(`'${process.execPath}' '${DEMO}'`), hasScript],
  ] as const)('stays up %s, shows commands that work, and ends on Ctrl-C', async (_where, [program, ...args], can) => {
    if (!can) return;
    const before = folders();
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    running = child;
    const closed = once(child, 'close');
    let printed = '';
    await new Promise<void>((resolve) =>
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text.replaceAll('\r', '');
        if (/Three commands to try[^]*\/keys"\n/.test(printed)) resolve();
      }),
    );
    const [, url = ''] = /API documentation +(\S+)\/docs\n/.exec(printed) ?? [];
    expect((await fetch(`${url}/docs/errors`)).status).toBe(200);
    const commands = printed.slice(printed.indexOf('Three commands')).match(/^ {2}curl (?:\\\n|.)+$/gm) ?? [];
    const replies = commands.map((command) =>
      execFileSync('sh', ['-c', command.replace('curl', 'curl -sS')], { encoding: 'utf8' }),
    );
    expect(replies.map((reply) => Object.keys(JSON.parse(reply) as object).slice(0, 2))).toEqual([
      ['data'],
      ['message', 'dataPoint'],
      ['apiKeys', 'pagination'],
    ]);
    // Of a terminal, Ctrl-C is this byte; without one, a signal to the group.
    if (program === 'script') child.stdin.write('\u0003');
    else process.kill(-(child.pid ?? 0), 'SIGINT');
    expect((await closed)[0]).toBe(0);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    expect(folders()).toEqual(before);
  });
});
