// npm test leaves this out: kills and outages, repeated.
import { ask, faultOf, recovered, makeScene, Servers, type FaultScene } from '../../support/fault-scene';
import { expectExact, faultsOf, nextTime, sendPoint, startLoad, storeAgain } from '../../support/fault-load';
import { PostgresServer } from '../../support/postgres-server';
import type { RunningProgram, RunningServer } from '../../support/process';
import { repetitions } from '../../support/repetitions';
import { ON_POSTGRES } from '../../support/test-app';
import { pause, until } from '../../support/until';

const OUTAGE_SECONDS = repetitions(4, 12);
const servers = new Servers();
let postgres: PostgresServer;
let server: RunningServer;
let scene: FaultScene;

beforeEach(async () => {
  if (ON_POSTGRES) postgres = await PostgresServer.create();
});

afterEach(async () => {
  await servers.killAll();
  if (ON_POSTGRES) await postgres.remove();
});

const onPostgres = ON_POSTGRES ? describe : describe.skip;
const ready = () => ask(server, 'GET', '/health/ready');

onPostgres('a PostgreSQL that goes away and comes back', () => {
  it.each(['fast', 'immediate'] as const)('by a restart (%s) costs no acknowledged point', async (mode) => {
    await postgres.start();
    server = await servers.start(postgres.urlOf());
    scene = await makeScene(server, 4);
    const load = startLoad(server, scene, 2);
    for (let round = 0; round < 3; round++) {
      const before = load.acknowledged.length;
      await until('points are stored', () => load.acknowledged.length > before + 20);
      await postgres.stop(mode);
      await postgres.start();
    }
    await storeAgain(server, scene, load);
    await load.stop();
    expect(load.unsure.length).toBeGreaterThan(0);
    expect(faultsOf(load)).toEqual([]);
    expect(load.unanswered).toEqual([]);
    await expectExact(server, { ...scene }, [load]);
  });

  it(`for ${OUTAGE_SECONDS} seconds leaves the server alive, not ready, and ready again within 20`, async () => {
    await postgres.start();
    server = await servers.start(postgres.urlOf());
    scene = await makeScene(server, 2);
    await postgres.stop();
    const load = startLoad(server, scene);
    const startedAt = performance.now();
    while (performance.now() - startedAt < OUTAGE_SECONDS * 1000) {
      expect((await ask(server, 'GET', '/health/live')).status).toBe(200);
      const answer = await ready();
      if (performance.now() - startedAt > 2000) expect(answer.status).toBe(503);
      await pause(500);
    }
    await postgres.start();
    const { millis } = await recovered(200, ready);
    await recovered(201, () => sendPoint(server, scene, { sourceId: scene.sourceIds[0] ?? '', time: nextTime() }));
    await load.stop();
    expect(faultsOf(load)).toEqual([]);
    expect(millis).toBeLessThan(20_000);
  });

  it('lets a server stop while it is away', async () => {
    await postgres.start();
    server = await servers.start(postgres.urlOf());
    await postgres.stop();
    const startedAt = performance.now();
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});

const isWaiting = ({ printed }: RunningProgram) => /wait/i.test(printed.stderr + printed.stdout);

onPostgres('a server that starts before its PostgreSQL', () => {
  it('waits, says so, and starts when PostgreSQL does', async () => {
    const program = servers.launch(postgres.urlOf());
    await until('the log says what is waited for', () => isWaiting(program));
    expect(program.child.exitCode).toBeNull();
    await postgres.start();
    await program.waitFor(/ready at/);
  });

  it('ends with one sentence when the time is over', async () => {
    const startedAt = performance.now();
    const { code, stderr } = await servers.refused(postgres.urlOf(), { DAKKIO_DATABASE_WAIT_SECONDS: '5' });
    expect(performance.now() - startedAt).toBeGreaterThan(5000);
    expect(code).toBe(1);
    expect(stderr.split('\n').filter((line) => line.startsWith('Cannot start: '))).toHaveLength(1);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('three at once on an empty database: one migrates, and all become ready', async () => {
    const programs = [1, 2, 3].map(() => servers.launch(postgres.urlOf()));
    await until('all wait for PostgreSQL', () => programs.every(isWaiting));
    await postgres.start();
    await Promise.all(programs.map((program) => program.waitFor(/ready at/)));
  });
});

onPostgres('a standby', () => {
  it('is refused at the start, with one sentence', async () => {
    await postgres.start();
    server = await servers.start(postgres.urlOf());
    await servers.killAll();
    await postgres.stop();
    const standby = await postgres.copyAsStandby();
    await standby.start();
    const { code, stderr } = await servers.refused(standby.urlOf(), { DAKKIO_DATABASE_WAIT_SECONDS: '1' });
    await standby.remove();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot start: .*(standby|read-only)/m);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('that is promoted in the place of the lost primary is used by the running server', async () => {
    await postgres.start();
    server = await servers.start(postgres.urlOf());
    scene = await makeScene(server, 2);
    const sent = { sourceId: scene.sourceIds[0] ?? '', time: nextTime() };
    expect((await sendPoint(server, scene, sent)).status).toBe(201);
    await postgres.stop();
    postgres.demote();
    await postgres.start();
    const refused = await recovered(503, () => sendPoint(server, scene, { ...sent, time: nextTime() }));
    expect(refused.before).toEqual([]);
    expect(faultOf(refused.answer)).toBeUndefined();
    await recovered(503, ready);
    await postgres.run('SELECT pg_promote()');
    await recovered(201, () => sendPoint(server, scene, { ...sent, time: nextTime() }));
    await recovered(200, ready);
  });
});

onPostgres('a PostgreSQL that is frozen', () => {
  it('is 503 within 5 seconds, and works again when it goes on', async () => {
    await postgres.start();
    server = await servers.start(postgres.urlOf());
    scene = await makeScene(server, 4);
    const load = startLoad(server, scene, 2);
    await until('points are stored', () => load.acknowledged.length > 20);
    await postgres.freeze();
    await until('requests are refused', () => load.answers.some(({ status }) => status === 503));
    await pause(3000);
    postgres.thaw();
    await storeAgain(server, scene, load);
    await load.stop();
    expect(faultsOf(load)).toEqual([]);
    expect(load.unanswered).toEqual([]);
    await expectExact(server, scene, [load]);
  });
});
