import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { version } from '../../package.json';
import { newKeyText } from '../../src/api-keys/key-text';
import { caller } from '../support/call';
import { FOR_TESTS, runProgram, startServer, stopProgram as stop, type RunningProgram } from '../support/process';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../support/test-app';

const ADDRESS = /ready at +(http:\/\/localhost:\d+)/;
const KEY = /dakkio_a_[0-9A-Za-z]{36}/;
const execFileAsync = promisify(execFile);

let database: TestDatabase;
const running: RunningProgram[] = [];
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
  await database.remove();
});

function start(environment: Record<string, string> = {}): RunningProgram {
  const program = runProgram('main.js', [], { PORT: '0', DATABASE_URL: database.url, ...environment });
  running.push(program);
  return program;
}

async function started(environment: Record<string, string> = {}) {
  const server = await startServer({ DATABASE_URL: database.url, ...environment });
  running.push(server);
  return server;
}

describe('the first start', () => {
  it('prints the address, the docs, the Admin key, and lines to paste that work as they are', async () => {
    const { printed, url } = await started();
    expect(printed.stdout).toContain(`${url}/docs`);
    const lines = printed.stdout.split('\n').filter((text) => /^ {2}(export|curl) /.test(text));
    expect(lines).toHaveLength(3);
    const { stdout } = await execFileAsync('sh', ['-c', lines.join('\n')]);
    expect(JSON.parse(stdout)).toMatchObject({
      message: 'Bucket created successfully',
      bucket: { name: 'My first bucket' },
    });
  });

  it('is followed by starts that print no key, and keep the first one', async () => {
    const first = await started();
    const key = KEY.exec(first.printed.stdout)?.[0];
    expect(await stop(first)).toBe(0);

    const second = await started();
    expect(second.printed.stdout).not.toMatch(/dakkio_a_/);
    expect((await second.call('GET', '/api/keys', { key })).body.pagination.total).toBe(1);
  });

  it('makes one organization and one key when three instances start at once', async () => {
    const programs = await Promise.all([started(), started(), started()]);
    const keys = programs.flatMap(({ printed }) => KEY.exec(printed.stdout)?.[0] ?? []);
    expect(keys).toHaveLength(1);
    for (const { call } of programs)
      expect((await call('GET', '/api/keys', { key: keys[0] })).body.pagination.total).toBe(1);
  });
});

describe('a preset Admin key', () => {
  const preset = newKeyText('admin');

  it('is stored, never printed, and changes nothing when it is preset again', async () => {
    const first = await started({ DAKKIO_ADMIN_KEY: preset });
    expect(first.printed.stdout).toContain('The preset Admin key is stored.');
    await stop(first);
    const second = await started({ DAKKIO_ADMIN_KEY: preset });
    expect(second.printed.stdout).not.toContain('preset');
    expect((await second.call('GET', '/api/keys', { key: preset })).body.pagination.total).toBe(1);
    expect(JSON.stringify([first.printed, second.printed])).not.toContain(preset);
  });

  it('is added beside another one, and said', async () => {
    const first = await started();
    const key = KEY.exec(first.printed.stdout)?.[0];
    await stop(first);
    const path = join(database.folder, 'key');
    writeFileSync(path, `${preset}\n`);
    const second = await started({ DAKKIO_ADMIN_KEY_FILE: path });
    expect(second.printed.stdout).toContain('it has been added');
    for (const either of [key, preset])
      expect((await second.call('GET', '/api/keys', { key: either })).body.pagination.total).toBe(2);
  });

  it('that was deleted before refuses the start', async () => {
    const first = await started({ DAKKIO_ADMIN_KEY: preset });
    const { _id } = (await first.call('GET', '/api/keys/self', { key: preset })).body.apiKey as { _id: string };
    await first.call('POST', '/api/keys', { key: preset, body: { name: 'Other', type: 'admin' } });
    expect((await first.call('DELETE', `/api/keys/${_id}`, { key: preset })).status).toBe(200);
    await stop(first);
    const { code, stderr } = await start({ DAKKIO_ADMIN_KEY: preset }).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('Cannot start: The preset Admin key was deleted, and a deleted key cannot be restored'),
    ]);
  });

  it.each([
    ['not a key', 'secret-of-mine'],
    ['a Write key', newKeyText('write')],
    ['mistyped', preset.slice(0, -1) + (preset.endsWith('a') ? 'b' : 'a')],
  ])('that is %s refuses the start, and is not repeated', async (_what, key) => {
    const { code, stdout, stderr } = await start({ DAKKIO_ADMIN_KEY: key }).ended;
    expect(code).toBe(1);
    expect(stderr).toBe(
      'Cannot start: The preset Admin key (DAKKIO_ADMIN_KEY or DAKKIO_ADMIN_KEY_FILE) is not a valid Admin key. `npm run admin-key -- --generate` prints one\n',
    );
    expect(stdout).toBe('');
  });
});

describe('--version', () => {
  it('prints the version and touches no database', async () => {
    const { code, stdout, stderr } = await runProgram('main.js', ['--version'], { DATABASE_URL: database.url }).ended;
    expect([code, stdout, stderr]).toEqual([0, `${version}\n`, '']);
    if (!ON_POSTGRES) expect(readdirSync(database.folder)).toEqual([]);
  });

  it('is in the log and in the text of the start', async () => {
    const { printed, ...program } = await started();
    expect(printed.stdout).toContain(`Dakkio ${version} is ready at `);
    await stop({ printed, ...program });
    expect(printed.stderr).toMatch(
      new RegExp(`Dakkio ${version} listens on port \\d+, on Node\\.js ${process.version}"`),
    );
  });
});

describe('npm start', () => {
  it.each([
    ['npm gets SIGTERM, as from a supervisor', 'SIGTERM', (pid: number) => pid],
    ['the whole group gets SIGINT, as from Ctrl-C', 'SIGINT', (pid: number) => -pid],
  ] as const)('ends the server when %s', async (_what, signal, target) => {
    const { PATH = '', HOME = '' } = process.env;
    const environment = { PATH, HOME, PORT: '0', DATABASE_URL: database.url, ...FOR_TESTS };
    const npm = spawn('npm', ['start'], {
      cwd: join(__dirname, '..', '..'),
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let printed = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    while (!ADDRESS.test(printed)) await once(npm.stdout, 'data');

    process.kill(target(npm.pid ?? 0), signal);

    // The pipe closes when the last process that holds it has ended: the server.
    await once(npm, 'close');
    await expect(fetch(ADDRESS.exec(printed)?.[1] ?? '')).rejects.toThrow();
  });
});

describe('a running server', () => {
  it('logs one JSON object a line where nobody watches, and never a key', async () => {
    const { call, printed, ...program } = await started({ DAKKIO_LOG_LEVEL: 'debug', DAKKIO_DOC: 'off' });
    const key = KEY.exec(printed.stdout)?.[0] ?? '';
    await call('GET', `/api/buckets/${key}?key=${key}`, { key, headers: { 'X-Request-Id': key } });
    await call('POST', `/api/buckets/${key}/keys`, { key: `${key}x`, body: key });
    await stop({ printed, ...program });

    const shown = `${key.slice(0, 13)}...`;
    const lines = printed.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: unknown; context: string });
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'Unknown environment variable DAKKIO_DOC is ignored. Did you mean DAKKIO_DOCS?',
      }),
    );
    expect(lines.filter(({ context }) => context === 'Requests').map(({ message }) => message)).toEqual([
      {
        method: 'GET',
        url: `/api/buckets/${shown}?key=${shown}`,
        status: 400,
        millis: expect.any(Number),
        requestId: shown,
        address: '127.0.0.1',
      },
      {
        method: 'POST',
        url: `/api/buckets/${shown}/keys`,
        status: 401,
        millis: expect.any(Number),
        requestId: expect.any(String),
        address: '127.0.0.1',
      },
    ]);
    expect(printed.stderr).not.toContain(key);
    expect(printed.stdout.split(key)).toHaveLength(3);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 on %s, finishes what runs, and takes nothing new',
    async (signal) => {
      const { printed, child, ended, url } = await started();
      const key = KEY.exec(printed.stdout)?.[0] ?? '';
      const { port } = new URL(url);
      const body = JSON.stringify({ name: 'Last words' });
      const socket = connect(Number(port), '127.0.0.1');
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      socket.write(
        `POST /api/buckets HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body.slice(0, 5));
      // A second request that is answered tells that the first one's head has been taken in.
      await caller(url)('GET', '/health/live');

      child.kill(signal);
      await once(child.stderr ?? socket, 'data');
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
      socket.write(body.slice(5));
      const { code } = await ended;

      expect(answer).toContain('HTTP/1.1 201 Created');
      expect(answer).toContain('Connection: close');
      expect(code).toBe(0);
    },
  );

  it('ends with 0 even when a client never finishes its request', async () => {
    const { printed, child, ended, url } = await started();
    const key = KEY.exec(printed.stdout)?.[0] ?? '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      `POST /api/buckets HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    await caller(url)('GET', '/health/live');

    child.kill('SIGTERM');

    expect((await ended).code).toBe(0);
    socket.destroy();
  });

  it('has written down the last use of each key when it has stopped', async () => {
    const first = await started();
    const key = KEY.exec(first.printed.stdout)?.[0] ?? '';
    await first.call('GET', '/api/keys/self', { key });
    await stop(first);
    const second = await started();
    const { lastUsedAt } = (await second.call('GET', '/api/keys', { key })).body.apiKeys[0] as { lastUsedAt: string };
    expect(Date.parse(lastUsedAt)).toBeGreaterThan(Date.now() - 60_000);
  });
});

(ON_POSTGRES ? describe.skip : describe)('the SQLite file', () => {
  it("is its owner's alone, and holds no key", async () => {
    const { printed, call, url, ...program } = await started();
    const key = KEY.exec(printed.stdout)?.[0] ?? '';
    const { bucket } = (await call('POST', '/api/buckets', { key, body: { name: 'x' } })).body as {
      bucket: { _id: string };
    };
    const made = (await call('POST', `/api/buckets/${bucket._id}/keys`, { key, body: { name: 'x', type: 'read' } }))
      .body.apiKey.key as string;
    const files = readdirSync(database.folder).map((name) => join(database.folder, name));
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
    for (const text of [key, made])
      for (const file of files) expect(readFileSync(file).includes(text.slice(14))).toBe(false);
    await stop({ printed, ...program });
    expect(url).toMatch(/^http/);
  });
});
