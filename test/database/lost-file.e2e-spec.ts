// npm test leaves this out: it starts servers that wait for a database.
// test:all leaves PostgreSQL out: it is about SQLite alone.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DataSource } from 'typeorm';
import { makeBucket, makeSource } from '../support/make';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const GONE = 'The database file was deleted, moved or replaced. The operator must restart the server';
const RESCUED = /All that was stored is in the rescue copy (\S+)\./;

let database: TestDatabase;
let server: TestApp;
let path: string;
let stored: string[];
beforeEach(async () => {
  database = await createDatabase();
  // A folder of its own, which a test can move.
  path = join(database.folder, 'data', 'test.db');
  database = { ...database, url: `sqlite:${path}`, folder: dirname(path) };
  stored = [];
});
afterEach(async () => {
  await server.stop();
  rmSync(dirname(dirname(path)), { recursive: true, force: true });
});

const start = async () => (server = await startApp({}, database));
const create = (name: string) =>
  server.call('POST', '/api/buckets', { key: server.adminKey, body: { name } }).then((answer) => {
    if (answer.status === 201) stored.push(answer.body.bucket._id as string);
    return answer;
  });

/** Waits for a line of the log. */
async function logged(pattern: RegExp): Promise<string> {
  for (;;) {
    const match = server.logs.map((line) => pattern.exec(line)).find((found) => found !== null);
    if (match) return match[1] ?? '';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function bucketsOf({ call }: TestApp, key: string): Promise<string[]> {
  const { body } = await call('GET', '/api/buckets', { key });
  return (body.buckets as { _id: string }[]).map(({ _id }) => _id).sort();
}

/** Puts the rescue copy in the database's place, and looks whether all is there that was answered with 201. */
async function expectRescued(rescue: string): Promise<void> {
  expect(statSync(rescue).mode & 0o777).toBe(0o600);
  const { adminKey } = server;
  await server.app.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  renameSync(rescue, path);
  server = await startApp({}, database);
  expect(await bucketsOf(server, adminKey)).toEqual(stored.sort());
}

(ON_POSTGRES ? describe.skip : describe)('an SQLite file that is taken away from a running server', () => {
  const other = () => join(dirname(dirname(path)), 'other');

  it.each([
    ['deleted', () => ['', '-wal', '-shm'].forEach((suffix) => rmSync(path + suffix))],
    ['deleted alone', () => rmSync(path)],
    [
      'replaced',
      () => {
        writeFileSync(other(), 'something else');
        renameSync(other(), path);
      },
    ],
  ])('%s: nothing more is stored, reads go on, and a copy has all that was', async (_what, takeAway) => {
    await start();
    await create('Before');
    takeAway();

    const answers = await Promise.all(['a', 'b', 'c'].map(create));
    expect(answers.map(({ status, body }) => [status, body.message])).toEqual(answers.map(() => [503, GONE]));
    expect(await bucketsOf(server, server.adminKey)).toEqual(stored);
    const rescue = await logged(RESCUED);
    expect(rescue).toMatch(/data\/test\.db\.rescue-\d{8}T\d{6}Z$/);
    expect(readdirSync(database.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    const ready = await server.call('GET', '/health/ready');
    expect([ready.status, ready.body]).toEqual([
      503,
      expect.objectContaining({
        message: 'The server is not ready: the database file was deleted, moved or replaced',
        checks: { read: 'ok', write: 'gone', data: 'ok' },
        rescueFile: basename(rescue),
      }),
    ]);
    expect((await server.call('GET', '/health/ready?for=read')).status).toBe(200);
    await expectRescued(rescue);
  });

  it('is noticed where no request writes', async () => {
    await start();
    await create('Before');
    rmSync(path);
    await expectRescued(await logged(RESCUED));
  });

  it('with its folder moved: a copy is written where the folder was, and a new start finds it', async () => {
    await start();
    await create('Before');
    const secret = `${path}.secret`;
    renameSync(dirname(path), other());
    expect((await create('After')).status).toBe(503);
    const rescue = await logged(RESCUED);
    renameSync(join(other(), 'test.db.secret'), secret);
    await expectRescued(rescue);
  });

  it('its log deleted alone: the same', async () => {
    await start();
    await create('Before');
    rmSync(`${path}-wal`);
    const rescue = await logged(RESCUED);
    expect((await create('After')).body.message).toBe(GONE);
    await expectRescued(rescue);
  });

  it('loses no point that was acknowledged under load', async () => {
    await start();
    const bucketId = await makeBucket(server);
    stored.push(bucketId);
    const dataSourceId = await makeSource(server, bucketId);
    let at = Date.now() - 1_000_000;
    let acknowledged = 0;
    const sendUntilRefused = async () => {
      for (;;) {
        const body = { bucketId, dataSourceId, timestamp: at++, values: { t: 1 } };
        const { status } = await server.call('POST', '/api/data', { key: server.adminKey, body });
        if (status === 503) return;
        expect(status).toBe(201);
        if (++acknowledged === 40) rmSync(path);
      }
    };
    await Promise.all(Array.from({ length: 8 }, sendUntilRefused));
    await expectRescued(await logged(RESCUED));
    const points = await server.app.get(DataSource).query<unknown>('SELECT count(*) AS count FROM points');
    expect(points).toEqual([{ count: acknowledged }]);
  });

  it('put back: writes go on', async () => {
    await start();
    renameSync(path, other());
    expect((await create('Refused')).status).toBe(503);
    await logged(RESCUED);
    renameSync(other(), path);
    expect((await create('Stored')).status).toBe(201);
    await logged(/The files of the database are back/);
    expect(await bucketsOf(server, server.adminKey)).toEqual(stored);
  });

  it('whose copy cannot be written beside it is copied to the folder for temporary files', async () => {
    await start();
    await create('Before');
    const folder = dirname(path);
    renameSync(folder, other());
    writeFileSync(folder, 'a file in the way of the folder');
    const rescue = await logged(RESCUED);
    expect(dirname(rescue)).not.toBe(folder);
    rmSync(folder);
    mkdirSync(folder);
    renameSync(join(other(), 'test.db.secret'), `${path}.secret`);
    await expectRescued(rescue);
  });
});
