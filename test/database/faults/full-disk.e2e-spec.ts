// npm test leaves this out: kills and outages, repeated.
// test:all leaves PostgreSQL out: it is about SQLite alone.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, recovered, makeScene, Servers, ADMIN_KEY, type FaultScene } from '../../support/fault-scene';
import { nextTime, sendPoint, storedTimes } from '../../support/fault-load';
import type { RunningServer } from '../../support/process';
import { ON_POSTGRES } from '../../support/test-app';
import { until } from '../../support/until';

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'dakkio-full-'));
const canMount = !ON_POSTGRES && mountSmall();
const servers = new Servers();
const filler = join(folder, 'filler');
let server: RunningServer;
let scene: FaultScene;

afterAll(async () => {
  await servers.killAll();
  if (canMount) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

/** A file system of 64 MiB, where the tests may mount one. */
function mountSmall(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Takes all room that is left, to the last page. */
function fill(): void {
  const file = openSync(filler, 'w');
  try {
    for (const size of [MIB, 4096]) for (let room = true; room;) room = writes(file, size);
  } finally {
    closeSync(file);
  }
}

function writes(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch {
    return false;
  }
}

const batch = (count: number) => {
  const dataPoints = Array.from({ length: count }, () => {
    const time = nextTime();
    return { dataSourceId: scene.sourceIds[0], timestamp: time, values: { n: time } };
  });
  return ask(server, 'POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
};
const ready = (query = '') => ask(server, 'GET', `/health/ready${query}`);

const where = ON_POSTGRES ? 'SQLite alone' : 'where a file system can be mounted';
(canMount ? describe : describe.skip)(`a full disk (${where})`, () => {
  it('is 507, leaves reads and deletions working, and heals when there is room', async () => {
    server = await servers.start(`sqlite:${join(folder, 'test.db')}`);
    scene = await makeScene(server);
    const acknowledged: number[] = [];
    const sendOne = async () => {
      const sent = { sourceId: scene.sourceIds[0] ?? '', time: nextTime() };
      const answer = await sendPoint(server, scene, sent);
      if (answer.status === 201) acknowledged.push(sent.time);
      return answer;
    };
    for (let index = 0; index < 10; index++) await sendOne();
    fill();
    const full = await recovered(507, sendOne);
    expect(full.before.filter(({ status }) => status !== 201)).toEqual([]);
    expect([full.answer.body.error, typeof full.answer.body.message]).toEqual(['Insufficient Storage', 'string']);
    await until('readiness says it', async () => (await ready()).status === 503);
    expect(JSON.stringify((await ready()).body)).toMatch(/full/i);
    expect((await ready('?for=read')).status).toBe(200);
    const stored = new Set(await storedTimes(server, scene, scene.sourceIds[0] ?? ''));
    expect(acknowledged.filter((time) => !stored.has(time))).toEqual([]);

    const spare = await ask(server, 'DELETE', '/api/data', {
      key: ADMIN_KEY,
      body: { bucketId: scene.bucketId, startTime: '2024-01-01T00:00:00Z', endTime: '2024-01-01T00:00:05Z' },
    });
    expect(spare.status).toBe(200);

    rmSync(filler);
    await recovered(201, sendOne);
    await recovered(200, ready);
    expect((await batch(1000)).status).toBe(201);
    expect(server.printed.stderr).toContain(join(folder, 'test.db'));
  });

  it('at the start is one sentence', async () => {
    await servers.killAll();
    fill();
    const { code, stderr } = await servers.refused(`sqlite:${join(folder, 'other.db')}`);
    rmSync(filler);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot start: .*full/m);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
