import { readFileSync, statSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { ask, healed, makeScene, pause, Servers, until, type FaultScene } from '../support/fault-scene';
import { faultsOf, nextTime, sendPoint, startLoad } from '../support/fault-load';
import type { RunningServer } from '../support/process';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../support/test-app';

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
    const { millis } = await healed(201, send);
    await load.stop();
    expect(during).toBe(0);
    expect(quick.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    expect(Math.max(...quick.map((answer) => answer.millis))).toBeLessThan(1500);
    expect(load.unsure.length).toBeGreaterThan(0);
    expect(faultsOf(load)).toEqual([]);
    expect(millis).toBeLessThan(20_000);
  }, 60_000);
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
  }, 60_000);
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
