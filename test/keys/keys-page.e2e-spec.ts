// test:all leaves PostgreSQL out: the commands of a page do the same on each database.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { isKeyText, newKeyText } from '../../src/api-keys/key-text';
import { makeBucket, makeKey } from '../support/make';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';

const ROOT = join(__dirname, '..', '..');
const PAGE = new Page('docs/keys.md');
const blocks = (language: string) => PAGE.blocks(language);
const execFileAsync = promisify(execFile);

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

describe('docs/keys.md', () => {
  it('shows commands that run unchanged, in order', async () => {
    const bucketId = await makeBucket(server);
    const sensor = await makeKey(server, bucketId, 'write');
    const environment: Record<string, string> = {
      DAKKIO: server.url,
      ADMIN_KEY: server.adminKey,
      BUCKET_ID: bucketId,
      SENSOR_KEY: sensor.key,
      PATH: process.env.PATH ?? '',
    };
    const answers: string[] = [];
    for (const command of blocks('sh')) {
      const { stdout } = await execFileAsync(
        'sh',
        ['-c', `set -e\n${command.replaceAll('curl ', 'curl -sS --fail-with-body ')}`],
        {
          env: environment,
        },
      );
      answers.push(stdout);
      environment.KEY_ID ??= (JSON.parse(answers[0] ?? '') as { apiKey: { _id: string } }).apiKey._id;
    }
    const [created, fleet = '', ...others] = answers;
    expect(JSON.parse(created ?? '')).toMatchObject({
      apiKey: {
        name: 'Greenhouse sensor 7',
        writeOnly: true,
        rateLimit: { limit: 60 },
        metadata: { firmware: '1.4.2' },
      },
    });
    expect(parse(fleet, { columns: true })).toMatchObject([
      { name: 'ESP32-001 Living Room', type: 'write' },
      { name: 'ESP32-002 Kitchen', type: 'write' },
      { name: 'Grafana Dashboard', type: 'read' },
    ]);
    expect(Object.keys((parse(fleet, { columns: true }) as unknown as object[])[0] ?? {}).join()).toBe(
      blocks('csv')[0]?.split('\n')[0],
    );
    expect(others.map((text) => Object.keys(JSON.parse(text) as object).join())).toEqual([
      'message,session',
      'usage',
      'usage,pagination',
      'apiKeys,pagination',
      'apiKeys,pagination',
      'apiKeys,pagination',
      'auditEvents,pagination',
      'message,apiKey',
      'message,apiKey,replaces',
      'apiKey',
      'message,apiKey,replaces',
      'message,apiKeys,replaces',
      'message,deletedKey,descendants',
      'message,revokedKeys',
    ]);
  });

  it('describes the checksum that distinguishes keys from similar texts', () => {
    const [, text = '', checksum = ''] = /CRC-32 of `(\w+)` is \d+, in base\n62 `(\w+)`/.exec(PAGE.text) ?? [];
    expect(isKeyText(text + checksum)).toBe(true);
    const python = spawnSync('python3', ['--version']).status === 0;
    if (!python) return;
    const good = [text + checksum, newKeyText('admin'), newKeyText('read')];
    const all = [...good, 'dakkio_w_abc123def456ghi789jkl012mno345pqr678', good[1]?.slice(1) ?? ''];
    const script = `${blocks('python')[0]}\nimport sys\nprint([is_key(line.strip()) for line in sys.stdin])`;
    const { stdout } = spawnSync('python3', ['-c', script], { input: all.join('\n'), encoding: 'utf8' });
    expect(stdout.trim()).toBe('[True, True, True, False, False]');
  });

  it('shows a hook that rejects only commits with a key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-hook-'));
    const git = (...args: string[]) =>
      spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    expect(git('init', '-q').status).toBe(0);
    const hook = /^#!\/bin\/sh\n[^]*?keys:scan -- -\n/m.exec(PAGE.text)?.[0] ?? '';
    writeFileSync(join(folder, '.git', 'hooks', 'pre-commit'), hook.replace('/opt/dakkio', ROOT), { mode: 0o755 });
    const commit = (text: string) => {
      writeFileSync(join(folder, 'config.h'), text);
      git('add', '.');
      return git('commit', '-qm', 'x');
    };
    expect(commit('#define SERVER "10.0.0.1"\n').status).toBe(0);
    const key = newKeyText('write');
    const stopped = commit(`#define SERVER "10.0.0.1"\n#define KEY "${key}"\n`);
    expect([stopped.status, stopped.stdout + stopped.stderr]).toEqual([1, expect.stringContaining('1 key found')]);
    expect(stopped.stdout + stopped.stderr).not.toContain(key);
    expect(git('log', '--oneline').stdout.trim().split('\n')).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  it('names only existing settings, scripts and files', () => expect(PAGE.unknownNames()).toEqual([]));
});
