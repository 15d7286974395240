// npm test leaves this out: kills and outages, repeated.
import { ask, faultOf, recovered, makeScene, Servers, ADMIN_KEY, type FaultScene } from '../../support/fault-scene';
import { expectExact, faultsOf, nextTime, sendPoint, startLoad, storeAgain } from '../../support/fault-load';
import { openFaultProxy, type FaultProxy, type Lost } from '../../support/fault-proxy';
import type { RunningServer } from '../../support/process';
import { startReceiver } from '../../support/receiver';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../../support/test-app';
import { until } from '../../support/until';

const servers = new Servers();
let database: TestDatabase;
let proxy: FaultProxy;
let server: RunningServer;
let scene: FaultScene;

async function setUp(): Promise<void> {
  database = await createDatabase();
  proxy = await openFaultProxy(database.url);
  server = await servers.start(proxy.through(database.url));
  scene = await makeScene(server, 4);
}

async function tearDown(): Promise<void> {
  await servers.killAll();
  await proxy.close();
  await database.remove();
}

const point = () => ({ sourceId: scene.sourceIds[0] ?? '', time: nextTime() });
const onPostgres = ON_POSTGRES ? describe : describe.skip;

onPostgres('connections that lose their bytes without being closed', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it.each<Lost>(['both', 'replies', 'requests'])(
    'under load (%s lost) hold requests for 5 seconds at most, and are replaced',
    async (lost) => {
      const load = startLoad(server, scene, 2);
      await until('points are stored', () => load.acknowledged.length > 20);
      proxy.swallow(lost);
      const check = await recovered(200, () => ask(server, 'GET', '/api/keys/self', { key: scene.writeKey }));
      expect(check.before.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
      await storeAgain(server, scene, load);
      await load.stop();
      expect(load.unanswered).toEqual([]);
      expect(faultsOf(load)).toEqual([]);
      expect((await ask(server, 'GET', '/health/ready')).status).toBe(200);
      await expectExact(server, scene, [load]);
    },
  );

  it('while nothing is sent do not keep a webhook from being delivered', async () => {
    const receiver = await startReceiver();
    const rule = {
      dataSourceId: scene.sourceIds[0],
      name: 'High',
      condition: 'n > 0',
      webhookUrl: `${receiver.url}/hook`,
    };
    expect((await ask(server, 'POST', '/api/alerts', { key: scene.writeKey, body: rule })).status).toBe(201);
    proxy.swallow();
    const sent = point();
    const { before, millis } = await recovered(201, () => sendPoint(server, scene, sent));
    expect(before.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
    await until('the webhook is delivered', () => receiver.received.length > 0, 20_000);
    expect(millis).toBeLessThan(20_000);
    expect(receiver.received[0]?.body.event).toBe('alert.triggered');
    await receiver.close();
  });

  it('while nothing is sent do not keep a missing point from being noticed', async () => {
    const receiver = await startReceiver();
    const rule = {
      ...{ dataSourceId: scene.sourceIds[0], name: 'Silent', condition: 'no data for 1 second' },
      webhookUrl: `${receiver.url}/hook`,
    };
    proxy.swallow();
    await recovered(201, () => ask(server, 'POST', '/api/alerts', { key: scene.writeKey, body: rule }));
    proxy.swallow();
    await until('the alert is delivered', () => receiver.received.length > 0, 40_000);
    expect(receiver.received[0]?.body.event).toBe('alert.triggered');
    await receiver.close();
  });
});

onPostgres('a COMMIT whose reply is lost', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('of a point is 503 within 5 seconds, and the same point sent again is stored once', async () => {
    const committed = proxy.swallowNextCommit();
    const sent = point();
    const [answer] = await Promise.all([sendPoint(server, scene, sent), committed]);
    expect([answer.status, faultOf(answer)]).toEqual([503, undefined]);
    const again = await recovered(201, () => sendPoint(server, scene, sent));
    expect(again.before.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
    const load = { acknowledged: [sent], unsure: [], answers: [], unanswered: [], stop: () => Promise.resolve() };
    await expectExact(server, { ...scene, sourceIds: scene.sourceIds.slice(0, 1) }, [load]);
  });

  it('of a rotation without grace leaves the client a key that opens', async () => {
    const committed = proxy.swallowNextCommit();
    const [answer] = await Promise.all([
      ask(server, 'POST', '/api/keys/self/rotate', { key: scene.writeKey, body: { gracePeriodSeconds: 0 } }),
      committed,
    ]);
    expect(faultOf(answer)).toBeUndefined();
    const statusOf = async (key: string) =>
      (await recovered(200, () => ask(server, 'GET', '/api/keys/self', { key }))).answer.status;
    if (answer.status === 201) expect(await statusOf(answer.body.apiKey.key as string)).toBe(200);
    else {
      // The outcome could not be found out: the answer must not say that nothing happened.
      expect([answer.status, answer.body.message]).toEqual([503, expect.stringMatching(/may have/)]);
    }
  });

  it('of a key that is made with an Idempotency-Key makes one key, not two', async () => {
    const committed = proxy.swallowNextCommit();
    const make = () =>
      ask(server, 'POST', `/api/buckets/${scene.bucketId}/keys`, {
        ...{ key: ADMIN_KEY, body: { name: 'Only one', type: 'read' }, headers: { 'Idempotency-Key': 'one' } },
      });
    const [first] = await Promise.all([make(), committed]);
    expect(faultOf(first)).toBeUndefined();
    const second = await recovered(409, make).catch((cause: unknown) => cause);
    expect(second).toMatchObject({ answer: { status: 409 } });
    const path = `/api/buckets/${scene.bucketId}/keys?q=Only%20one`;
    expect((await ask(server, 'GET', path, { key: ADMIN_KEY })).body.pagination.total).toBe(1);
  });
});
