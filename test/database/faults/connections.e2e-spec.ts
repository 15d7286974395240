// npm test leaves this out: kills and outages, repeated.
import {
  ask,
  faultOf,
  recovered,
  makeScene,
  useFaultDatabase,
  LONGEST_QUERY_MILLIS,
  LONGEST_WAIT_MILLIS,
  type FaultScene,
} from '../../support/fault-scene';
import { expectExact, faultsOf, startLoad, storeAgain } from '../../support/fault-load';
import { lockTable, runOn, terminateSessions } from '../../support/postgres-server';
import { openFaultProxy } from '../../support/fault-proxy';
import type { RunningServer } from '../../support/process';
import { EMPTY, ON_POSTGRES } from '../../support/test-app';
import { until } from '../../support/until';

const { servers, databaseUrl } = useFaultDatabase(EMPTY);
let server: RunningServer;
let scene: FaultScene;

const onPostgres = ON_POSTGRES ? describe : describe.skip;
const checkKey = () => ask(server, 'GET', '/api/keys/self', { key: scene.readKey });
const askRaw = () => {
  const body = { downsampling: false, filters: { limit: 100 } };
  return ask(server, 'POST', '/api/data/query', { key: scene.readKey, body }, LONGEST_QUERY_MILLIS);
};

onPostgres('sessions that PostgreSQL ends', () => {
  it('under load are 503 with Retry-After, never 500, and nothing acknowledged is lost', async () => {
    server = await servers.start(databaseUrl());
    scene = await makeScene(server, 4);
    const load = startLoad(server, scene, 2);
    const reads: Awaited<ReturnType<typeof ask>>[] = [];
    let isOver = false;
    const reader = (async () => {
      while (!isOver) for (const read of [checkKey, askRaw]) reads.push(await read());
    })();
    for (let round = 0; round < 6; round++) {
      const before = load.acknowledged.length;
      await until('points are stored', () => load.acknowledged.length > before + 10);
      await terminateSessions(databaseUrl());
    }
    const ended = load.acknowledged.length;
    await until('points are stored again', () => load.acknowledged.length > ended + 10);
    isOver = true;
    await Promise.all([reader, load.stop()]);
    expect(load.unsure.length).toBeGreaterThan(0);
    expect(faultsOf(load)).toEqual([]);
    expect(faultsOf({ answers: reads })).toEqual([]);
    expect(load.unanswered).toEqual([]);
    await expectExact(server, scene, [load]);
  });

  it('and network resets under load heal as well', async () => {
    const proxy = await openFaultProxy(databaseUrl());
    server = await servers.start(proxy.through(databaseUrl()));
    scene = await makeScene(server, 4);
    const load = startLoad(server, scene, 2);
    for (let round = 0; round < 4; round++) {
      const before = load.acknowledged.length;
      await until('points are stored', () => load.acknowledged.length > before + 10);
      proxy.reset();
    }
    const ended = load.acknowledged.length;
    await until('points are stored again', () => load.acknowledged.length > ended + 10);
    await load.stop();
    expect(faultsOf(load)).toEqual([]);
    expect(load.unanswered).toEqual([]);
    await expectExact(server, scene, [load]);
    await servers.killAll();
    await proxy.close();
  });
});

onPostgres('a table that something else locks', () => {
  it('keeps points and queries waiting for 5 seconds at most, and key checks not at all', async () => {
    server = await servers.start(databaseUrl());
    scene = await makeScene(server, 4);
    const lock = await lockTable(databaseUrl(), 'points');
    const load = startLoad(server, scene, 4);
    const queries = Array.from({ length: 14 }, askRaw);
    const checks = [];
    const startedAt = performance.now();
    while (performance.now() - startedAt < 7000) {
      checks.push(await checkKey());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await lock.end();
    const waited = await Promise.all(queries);
    expect(checks.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    expect(Math.max(...checks.map(({ millis }) => millis))).toBeLessThan(4000);
    // A query has 30 seconds of its own; here it ends with the lock.
    expect(waited.filter(({ status }) => ![200, 503].includes(status))).toEqual([]);
    await storeAgain(server, scene, load);
    await load.stop();
    expect(faultsOf(load)).toEqual([]);
    expect(load.unsure.length).toBeGreaterThan(0);
    expect(load.unanswered).toEqual([]);
    await expectExact(server, scene, [load]);
  });
});

onPostgres('a role with few connections', () => {
  it('serves many queries, points and key checks at once with 10, and with 4', async () => {
    const role = `few_${Date.now()}`;
    const name = new URL(databaseUrl()).pathname.slice(1);
    await runOn(
      databaseUrl(),
      `CREATE ROLE ${role} LOGIN PASSWORD 'dakkio' CONNECTION LIMIT 10;
       ALTER DATABASE ${name} OWNER TO ${role}; ALTER SCHEMA public OWNER TO ${role}`,
    );
    const own = new URL(databaseUrl());
    own.username = role;
    server = await servers.start(own.href);
    scene = await makeScene(server, 4);
    const flood = async () => {
      const load = startLoad(server, scene, 2);
      const all = Array.from({ length: 30 }, async () => [await askRaw(), await askRaw(), await checkKey()]);
      const answers = (await Promise.all(all)).flat();
      await load.stop();
      return { load, answers };
    };
    const ten = await flood();
    expect(ten.answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    expect(ten.load.unsure).toEqual([]);

    await runOn(databaseUrl(), `ALTER ROLE ${role} CONNECTION LIMIT 4`);
    await terminateSessions(databaseUrl());
    await recovered(200, checkKey);
    const four = await flood();
    expect(faultsOf({ answers: four.answers })).toEqual([]);
    expect(faultsOf(four.load)).toEqual([]);
    expect(Math.max(...four.answers.map(({ millis }) => millis))).toBeLessThan(LONGEST_WAIT_MILLIS);
    await storeAgain(server, scene, four.load);
    expect(faultOf(await checkKey())).toBeUndefined();
    await servers.killAll();
    await runOn(
      databaseUrl(),
      `ALTER DATABASE ${name} OWNER TO dakkio; ALTER SCHEMA public OWNER TO dakkio;
       REASSIGN OWNED BY ${role} TO dakkio; DROP OWNED BY ${role}; DROP ROLE ${role}`,
    );
  });
});
