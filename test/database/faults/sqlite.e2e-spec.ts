// npm test leaves this out: kills and outages, repeated.
// test:all leaves PostgreSQL out: it is about SQLite alone.
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { ask, recovered, makeScene, Servers, type FaultScene } from '../../support/fault-scene';
import { faultsOf, nextTime, sendPoint, startLoad, storedTimes } from '../../support/fault-load';
import type { RunningServer } from '../../support/process';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../../support/test-app';
import { pause, until } from '../../support/until';

const servers = new Servers();
let database: TestDatabase;
let server: RunningServer;
let scene: FaultScene;

beforeEach(async () => {
  database = await createDatabase();
});

afterEach(async () => {
  await servers.killAll();
  await database.remove();
});

const onSqlite = ON_POSTGRES ? describe.skip : describe;
const file = () => database.url.slice('sqlite:'.length);
const send = () => sendPoint(server, scene, { sourceId: scene.sourceIds[0] ?? '', time: nextTime() });
const ready = (query = '') => ask(server, 'GET', `/health/ready${query}`);
const askRaw = () =>
  ask(server, 'POST', '/api/data/query', { key: scene.readKey, body: { filters: { limit: 10 }, downsampling: false } });

async function startWithPoints(count: number): Promise<number[]> {
  server = await servers.start(database.url);
  scene = await makeScene(server);
  const times = Array.from({ length: count }, nextTime);
  for (const time of times)
    expect((await sendPoint(server, scene, { sourceId: scene.sourceIds[0] ?? '', time })).status).toBe(201);
  return times;
}

onSqlite('a lock of another process', () => {
  it('keeps writes waiting for 5 seconds at most, and nothing else', async () => {
    await startWithPoints(3);
    const other = new BetterSqlite3(file());
    other.exec('BEGIN EXCLUSIVE');
    const load = startLoad(server, scene, 4);
    const quick = [];
    for (let turn = 0; turn < 35; turn++) {
      quick.push(await ask(server, 'GET', '/health/live'), await askRaw());
      quick.push(await ask(server, 'GET', '/api/keys/self', { key: scene.readKey }));
      await pause(200);
    }
    const during = load.acknowledged.length;
    other.exec('COMMIT');
    other.close();
    const { millis } = await recovered(201, send);
    await load.stop();
    expect(during).toBe(0);
    expect(quick.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    expect(Math.max(...quick.map((answer) => answer.millis))).toBeLessThan(4000);
    expect(load.unsure.length).toBeGreaterThan(0);
    expect(faultsOf(load)).toEqual([]);
    expect(millis).toBeLessThan(20_000);
  });
});

onSqlite('a database file that is deleted under the running server', () => {
  it('refuses writes, answers reads, and leaves a copy that holds every acknowledged point', async () => {
    const times = await startWithPoints(5);
    const load = startLoad(server, scene, 2);
    await until('points are stored', () => load.acknowledged.length > 20);
    for (const ending of ['', '-wal', '-shm']) rmSync(file() + ending, { force: true });
    await until('writes are refused', () => load.answers.some(({ status }) => status === 503));
    const refused = await send();
    await load.stop();
    // Without Retry-After: only the operator can end it.
    expect([refused.status, refused.body.message]).toEqual([503, expect.stringContaining('was deleted, moved')]);
    expect([...new Set(load.answers.map(({ status }) => status))].sort()).toEqual([201, 503]);
    expect((await askRaw()).status).toBe(200);
    expect((await ready()).status).toBe(503);
    expect((await ready('?for=read')).status).toBe(200);
    await until('the log names the copy', () => /rescue/i.test(server.printed.stderr));
    server.child.kill('SIGTERM');
    await server.ended;

    const again = await servers.refused(database.url);
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^Cannot start: .*--new/m)]);
    expect(existsSync(file())).toBe(false);

    const copy = readdirSync(database.folder).find((name) => /rescue/.test(name) && !/-(wal|shm)$/.test(name)) ?? '';
    copyFileSync(join(database.folder, copy), file());
    server = await servers.start(database.url);
    const acknowledged = [...times, ...load.acknowledged.map(({ time }) => time)];
    const stored = new Set(await storedTimes(server, scene, scene.sourceIds[0] ?? ''));
    expect(acknowledged.filter((time) => !stored.has(time))).toEqual([]);
    await recovered(201, send);
  });
});

onSqlite('a database file that is replaced under the running server', () => {
  it('is not written into: writes are refused, and both keep what they had', async () => {
    await startWithPoints(5);
    const other = await createDatabase();
    const second = await servers.start(other.url);
    const theirs = await makeScene(second);
    second.child.kill('SIGTERM');
    await second.ended;
    const otherFile = other.url.slice('sqlite:'.length);
    const before = readFileSync(otherFile);
    renameSync(otherFile, file());
    const refused = await recovered(503, send);
    expect(refused.millis).toBeLessThan(10_000);
    expect((await ready()).status).toBe(503);
    expect(readFileSync(file()).equals(before)).toBe(true);
    expect(theirs.sourceIds).toHaveLength(1);
    await other.remove();
  });
});

onSqlite('a damaged page', () => {
  it('is told in the answer and in readiness, with the file and the remedy in the log', async () => {
    server = await servers.start(database.url);
    scene = await makeScene(server);
    const dataSourceId = scene.sourceIds[0] ?? '';
    for (let batch = 0; batch < 5; batch++) {
      const dataPoints = Array.from({ length: 1000 }, () => ({
        dataSourceId,
        timestamp: nextTime(),
        values: { n: 1 },
      }));
      const answer = await ask(server, 'POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
      expect(answer.status).toBe(201);
    }
    server.child.kill('SIGTERM');
    await server.ended;
    damagePagesOf('points');
    server = await servers.start(database.url);
    const answers = [await askRaw(), await send()];
    const damaged = answers.filter(({ status }) => status === 500);
    expect(damaged.length).toBeGreaterThan(0);
    for (const { body } of damaged) expect(body.message).toMatch(/damage|corrupt/i);
    expect(answers.filter(({ status }) => status === 503)).toEqual([]);
    expect((await ask(server, 'GET', '/api/keys/self', { key: scene.readKey })).status).toBe(200);
    await until('readiness says it', async () => (await ready()).status === 503);
    expect(server.printed.stderr).toContain(file());
    expect(statSync(file()).size).toBeGreaterThan(0);
  });
});

/** Overwrites the leaf pages of a table's tree with bytes that are no page. */
function damagePagesOf(table: string): void {
  const connection = new BetterSqlite3(file());
  connection.pragma('wal_checkpoint(TRUNCATE)');
  const size = connection.pragma('page_size', { simple: true }) as number;
  const { pages } = connection
    .prepare("SELECT json_group_array(pageno) AS pages FROM dbstat WHERE name = ? AND pagetype = 'leaf'")
    .get(table) as { pages: string };
  connection.close();
  const bytes = readFileSync(file());
  for (const page of JSON.parse(pages) as number[]) bytes.fill(0xa5, (page - 1) * size, page * size);
  writeFileSync(file(), bytes);
}
