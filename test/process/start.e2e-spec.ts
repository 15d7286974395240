import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { version } from '../../package.json';
import { newKeyText } from '../../src/api-keys/key-text';
import { explainFailure } from '../../src/start-failures';
import { FOR_TESTS, runProgram, startServer, stopProgram as stop, type RunningProgram } from '../support/process';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

const ADDRESS = /ready at +(http:\/\/localhost:\d+)/;
const KEY = /dakkio_a_[0-9A-Za-z]{36}/;
const execFileAsync = promisify(execFile);

let database: TestDatabase;
const running: RunningProgram[] = [];
beforeEach(async () => {
  database = await createDatabase(EMPTY);
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
  it('prints the address, the docs, the Admin key, and lines to paste that work; later starts keep the key', async () => {
    const first = await started();
    expect(first.printed.stdout).toContain(`${first.url}/docs`);
    const lines = first.printed.stdout.split('\n').filter((text) => /^ {2}(export|curl) /.test(text));
    expect(lines).toHaveLength(3);
    const { stdout } = await execFileAsync('sh', ['-c', lines.join('\n')]);
    expect(JSON.parse(stdout)).toMatchObject({
      message: 'Bucket created successfully',
      bucket: { name: 'My first bucket' },
    });
    const key = KEY.exec(first.printed.stdout)?.[0];
    expect(await stop(first)).toBe(0);
    expect(first.printed.stdout).toContain(`Dakkio ${version} is ready at `);
    expect(first.printed.stderr).toMatch(
      new RegExp(`Dakkio ${version} listens on port \\d+, on Node\\.js ${process.version}"`),
    );

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
    const first = await startApp({}, database);
    await first.stop();
    const path = join(database.folder, 'key');
    writeFileSync(path, `${preset}\n`);
    const second = await started({ DAKKIO_ADMIN_KEY_FILE: path });
    expect(second.printed.stdout).toContain('it has been added');
    for (const key of [first.adminKey, preset])
      expect((await second.call('GET', '/api/keys', { key })).body.pagination.total).toBe(2);
  });

  it('that was deleted before refuses the start', async () => {
    const first = await startApp({ DAKKIO_ADMIN_KEY: preset }, database);
    const { _id } = (await first.call('GET', '/api/keys/self', { key: preset })).body.apiKey as { _id: string };
    await first.call('POST', '/api/keys', { key: preset, body: { name: 'Other', type: 'admin' } });
    expect((await first.call('DELETE', `/api/keys/${_id}`, { key: preset })).status).toBe(200);
    await first.stop();
    const { code, stderr } = await start({ DAKKIO_ADMIN_KEY: preset }).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('Cannot start: The preset Admin key was deleted, and a deleted key cannot be restored'),
    ]);
  });

  const notValid =
    'The preset Admin key (DAKKIO_ADMIN_KEY or DAKKIO_ADMIN_KEY_FILE) is not a valid Admin key. `npm run admin-key -- --generate` prints one';

  it('that is not a key refuses the start, and is not repeated', async () => {
    const { code, stdout, stderr } = await start({ DAKKIO_ADMIN_KEY: 'secret-of-mine' }).ended;
    expect([code, stdout, stderr]).toEqual([1, '', `Cannot start: ${notValid}\n`]);
  });

  it.each([
    ['a Write key', newKeyText('write')],
    ['mistyped', preset.slice(0, -1) + (preset.endsWith('a') ? 'b' : 'a')],
  ])('that is %s refuses the start, and is not repeated', async (_what, key) => {
    const refused = await startApp({ DAKKIO_ADMIN_KEY: key }, database).catch((cause: unknown) => cause);
    expect(explainFailure(refused, { type: 'sqlite', path: '' })).toBe(`Cannot start: ${notValid}`);
  });
});

describe('--version', () => {
  it('prints the version and touches no database', async () => {
    const { code, stdout, stderr } = await runProgram('main.js', ['--version'], { DATABASE_URL: database.url }).ended;
    expect([code, stdout, stderr]).toEqual([0, `${version}\n`, '']);
    if (!ON_POSTGRES) expect(readdirSync(database.folder)).toEqual([]);
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
