// npm test leaves this out: kills and outages, repeated.
import { ask, makeScene, Servers, type FaultScene } from '../../support/fault-scene';
import { expectExact, faultsOf, startLoad, storeAgain } from '../../support/fault-load';
import { runOn } from '../../support/postgres-server';
import type { RunningServer } from '../../support/process';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../../support/test-app';
import { until } from '../../support/until';

const servers = new Servers();
let database: TestDatabase;
let frozen: RunningServer;
let healthy: RunningServer;
let scene: FaultScene;

beforeEach(async () => {
  database = await createDatabase();
  frozen = await servers.start(database.url);
  healthy = await servers.start(database.url);
  scene = await makeScene(healthy, 4);
});

afterEach(async () => {
  await servers.killAll();
  await database.remove();
});

/** The sessions of the other instance that hold locks while nothing of it runs. */
const heldSessions = (seconds = 0) =>
  runOn(
    database.url,
    `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction' AND state_change < clock_timestamp() - interval '1 second' * ${seconds}`,
  );

/** Freezes the instance in the middle of its transactions, as `docker pause` and a stalled virtual machine do. */
async function freezeInTransaction(): Promise<void> {
  await until('the frozen instance holds a transaction', async () => {
    frozen.child.kill('SIGSTOP');
    if ((await heldSessions()).length > 0) return true;
    frozen.child.kill('SIGCONT');
    return false;
  });
}

(ON_POSTGRES ? describe : describe.skip)('an instance that is frozen in the middle of its transactions', () => {
  it('keeps the others waiting for 5 seconds at most, and loses nothing when it goes on', async () => {
    const onFrozen = startLoad(frozen, scene, 2);
    await until('points are stored', () => onFrozen.acknowledged.length > 20);
    await freezeInTransaction();

    const load = startLoad(healthy, scene);
    const check = await ask(healthy, 'GET', '/api/keys/self', { key: scene.writeKey });
    expect([check.status, check.millis < 2000]).toEqual([200, true]);
    await storeAgain(healthy, scene, load);
    expect((await ask(healthy, 'GET', '/health/ready')).status).toBe(200);
    expect(await heldSessions(5)).toEqual([]);

    frozen.child.kill('SIGCONT');
    const thawed = onFrozen.acknowledged.length;
    await until('the thawed instance stores points', () => onFrozen.acknowledged.length > thawed + 20);
    await Promise.all([onFrozen.stop(), load.stop()]);
    expect(faultsOf(load)).toEqual([]);
    expect(onFrozen.answers.map(({ status }) => status).filter((status) => ![201, 503].includes(status))).toEqual([]);
    await expectExact(healthy, scene, [onFrozen, load]);
  });
});
