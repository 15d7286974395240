import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { DowntimeRow } from '../../src/alerting/evaluation/downtime.entity';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import type { AlertState } from '../../src/alerting/conditions/alert-state';
import { MAX_DOWNTIMES, UptimeMonitor } from '../../src/alerting/evaluation/uptime-monitor';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, SCHEMA, startAlertScene, type AlertScene } from '../support/alerts';
import { makeBucket, makeKey } from '../support/make';
import { runProgram, startServer, stopProgram } from '../support/process';
import { answering, startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const MINUTE = 60_000;

let database: TestDatabase;
let receiver: Receiver;

beforeEach(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
});

afterEach(async () => {
  await receiver.close();
  await database.remove();
});

/**
 * Stops the application and makes its stored times older, as if this time passed before the next start.
 *
 * @param othersRan whether another instance ran in the meantime
 */
async function restartAfter(app: TestApp, millis: number, { othersRan = false } = {}): Promise<TestApp> {
  await app.app.get(Deliverer).settled();
  const uptime = app.app.get(UptimeMonitor);
  await uptime.recordHeartbeat();
  jest.spyOn(uptime, 'stop').mockResolvedValue();
  await app.app.get(Writer).write(async (manager) => {
    const earlier = (time: number | null) => (time === null ? null : time - millis);
    for (const { id, alertState, dueAt } of await manager.find(AlertRule)) {
      const aged: AlertState = {
        ...alertState,
        since: alertState.since.map(earlier),
        eitherSince: earlier(alertState.eitherSince),
        quietUntil: earlier(alertState.quietUntil),
      };
      await manager.update(AlertRule, { id }, { alertState: aged, dueAt: earlier(dueAt) });
    }
    await manager.query(`UPDATE point_totals SET ingested_at = ingested_at - ${millis}`);
    await manager.query(`UPDATE webhooks SET next_at = next_at - ${millis} WHERE next_at IS NOT NULL`);
    await manager.query(`UPDATE server_absences SET since = since - ${millis}, until = until - ${millis}`);
    if (!othersRan) await manager.query(`UPDATE server_heartbeats SET at = at - ${millis}, wall = wall - ${millis}`);
    await manager.query('UPDATE data_sources SET watch_version = watch_version + 1');
  });
  await app.stop();
  const next = await startApp(LOOPBACK_OPEN, database);
  await next.app.get(RuleScheduler).evaluateDue();
  await next.app.get(Deliverer).settled();
  return next;
}

const rulesOf = async ({ app }: TestApp) =>
  new Map((await app.get(DataSource).manager.find(AlertRule)).map(({ name, alertState }) => [name, alertState.state]));

/** Stops the periodic runs, which would mix the real time into a test's own. */
function onlyByHand(scheduler: RuleScheduler): (now: number, monotonic: number) => Promise<void> {
  const evaluateDue = scheduler.evaluateDue.bind(scheduler);
  jest.spyOn(scheduler, 'evaluateDue').mockResolvedValue();
  return evaluateDue;
}

async function sceneInEveryState(): Promise<AlertScene> {
  const scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  await scene.makeRule('temperature > 100', { name: 'ok' });
  await scene.makeRule('temperature > 30 for 10 minutes', { name: 'pending' });
  await scene.makeRule('temperature > 30', { name: 'triggered' });
  await scene.makeRule('humidity > 50', { name: 'cooldown' });
  await scene.makeRule('humidity > 50', { name: 'resolved', cooldownMinutes: 1 });
  await scene.makeRule('no data for 15 minutes', { name: 'silent' });
  await scene.send({ temperature: 31, humidity: 60 }, 2 * MINUTE);
  await scene.send({ temperature: 31, humidity: 40 }, MINUTE / 2);
  await scene.app.app.get(RuleScheduler).evaluateDue();
  return scene;
}

it('continues with the state of each rule after a restart', async () => {
  const { app } = await sceneInEveryState();
  const states = {
    ok: 'ok',
    pending: 'pending',
    triggered: 'triggered',
    cooldown: 'cooldown',
    resolved: 'resolved',
    silent: 'ok',
  };
  expect(Object.fromEntries(await rulesOf(app))).toEqual(states);
  await app.app.get(Deliverer).settled();
  const sentBefore = receiver.received.length;
  const next = await restartAfter(app, 0);
  expect(Object.fromEntries(await rulesOf(next))).toEqual(states);
  expect(receiver.received).toHaveLength(sentBefore);
  await next.stop();
});

it('sends at start, once, the alerts that became due while it was down', async () => {
  const { app } = await sceneInEveryState();
  await app.app.get(Deliverer).settled();
  const sentBefore = receiver.received.length;
  const next = await restartAfter(app, 60 * MINUTE);
  const states = {
    ok: 'ok',
    pending: 'triggered',
    triggered: 'triggered',
    cooldown: 'resolved',
    resolved: 'resolved',
    silent: 'ok',
  };
  expect(Object.fromEntries(await rulesOf(next))).toEqual(states);
  const again = await restartAfter(next, 0);
  const news = receiver.received.slice(sentBefore).map(({ body }) => `${body.data.alertName} ${body.event}`);
  expect(news.sort()).toEqual(['pending alert.triggered']);
  await again.stop();
});

it('counts its downtime as silence if another instance ran', async () => {
  const { app } = await sceneInEveryState();
  const next = await restartAfter(app, 60 * MINUTE, { othersRan: true });
  expect((await rulesOf(next)).get('silent')).toBe('triggered');
  await next.stop();
});

it('excludes the time in which no instance ran from silence, and keeps the silence before it', async () => {
  const { app, ...scene } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const { _id } = await scene.makeRule('no data for 15 minutes');
  await scene.send({ temperature: 20 });
  let next = await restartAfter(app, 10 * MINUTE, { othersRan: true });
  for (const millis of [60 * MINUTE, 600 * MINUTE]) next = await restartAfter(next, millis);
  const pass = (millis: number) =>
    next.app.get(RuleScheduler).evaluateDue(Date.now() + millis, performance.now() + millis);
  const state = async () => (await rulesOf(next)).get('Too hot');
  await pass(4.5 * MINUTE);
  expect(await state()).toBe('ok');
  await pass(5.5 * MINUTE);
  expect(await state()).toBe('triggered');
  await next.app.get(Deliverer).settled();
  expect(receiver.received.map(({ body }) => [body.data.alertId, body.data.currentValue])).toEqual([[_id, 900]]);
  await next.stop();
});

it('adds no delay after the clock was set back', async () => {
  const { app } = await sceneInEveryState();
  const silent = async () => (await rulesOf(app)).get('silent');
  const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
  const back = Date.now() - 300 * MINUTE;
  await evaluateDue(back, performance.now());
  expect(await silent()).toBe('ok');
  await evaluateDue(back + 16 * MINUTE, performance.now() + 16 * MINUTE);
  expect(await silent()).toBe('triggered');
  await app.stop();
});

describe('a clock that is set forwards', () => {
  const HOUR = 60 * MINUTE;

  it('does not count as silence; the time before and after it does', async () => {
    const { app, ...scene } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
    await scene.makeRule('no data for 30 minutes', { name: 'silent' });
    await scene.send({ temperature: 20 });
    const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
    const [wall, monotonic] = [Date.now(), performance.now()];
    const silent = async () => (await rulesOf(app)).get('silent');
    const at = async (minutes: number, skipped: number) => {
      await evaluateDue(wall + minutes * MINUTE + skipped, monotonic + minutes * MINUTE);
      return silent();
    };
    expect(await at(10, 0)).toBe('ok');
    expect(await at(10.1, HOUR)).toBe('ok');
    expect(await at(29, HOUR)).toBe('ok');
    expect(await at(31, HOUR)).toBe('triggered');
    await app.stop();
  });

  it('and back again leaves no downtime behind, also while the clock of the database is right', async () => {
    const { app, ...scene } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
    await scene.makeRule('no data for 30 minutes', { name: 'silent' });
    await scene.send({ temperature: 20 });
    const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
    const [wall, monotonic] = [Date.now(), performance.now()];
    const evaluateAt = (minutes: number, skipped: number) =>
      evaluateDue(wall + minutes * MINUTE + skipped, monotonic + minutes * MINUTE);
    await evaluateAt(1, 0);
    await evaluateAt(2, HOUR);
    await evaluateAt(3, 0);
    expect(await app.app.get(UptimeMonitor).downtimes()).toEqual([]);
    await evaluateAt(31, 0);
    expect((await rulesOf(app)).get('silent')).toBe('triggered');
    await app.stop();
  });

  it('and back again loses no silence', async () => {
    const { app, ...scene } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
    await scene.makeRule('no data for 30 minutes', { name: 'silent' });
    await scene.send({ temperature: 20 });
    const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
    const [wall, monotonic] = [Date.now(), performance.now()];
    for (const [minutes, skipped] of [
      [1, 0],
      [2, HOUR],
      [3, 0],
    ] as const)
      await evaluateDue(wall + minutes * MINUTE + skipped, monotonic + minutes * MINUTE);
    // The heartbeat is that of a machine whose clock was set back as well.
    await app.app.get(Writer).write((manager) => manager.query(`UPDATE server_heartbeats SET at = at + ${HOUR}`));
    await app.app.get(UptimeMonitor).recordHeartbeat();
    await evaluateDue(wall + 31 * MINUTE, monotonic + 31 * MINUTE);
    expect((await rulesOf(app)).get('silent')).toBe('triggered');
    await app.stop();
  });

  it('does not count as silence in a running server or after its restart', async () => {
    const { environment, moveClock, remove } = withMovedClock({ ...LOOPBACK_OPEN, DATABASE_URL: database.url });
    let server = await startServer(environment);
    const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
    const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
    const callAdmin = async (method: string, path: string, body?: object) =>
      (await server.call(method, path, { key: adminKey, body })).body;
    const { dataSource } = await callAdmin('POST', `/api/buckets/${bucketId}/sources`, {
      name: 'S',
      schema: { n: 'number' },
    });
    const ids: string[] = [];
    for (const time of ['30 minutes', '3 seconds']) {
      const rule = { bucketId, dataSourceId: dataSource._id, name: time, condition: `no data for ${time}` };
      ids.push(
        (await callAdmin('POST', '/api/alerts', { ...rule, webhookUrl: `${receiver.url}/` })).alertRule._id as string,
      );
    }
    await callAdmin('POST', '/api/data', { bucketId, dataSourceId: dataSource._id, values: { n: 1 } });
    moveClock(HOUR);
    const { body: first } = await receiver.waitFor(1);
    expect([first.data.alertName, first.data.currentValue]).toEqual(['3 seconds', 3]);
    await callAdmin('POST', '/api/data', { bucketId, dataSourceId: dataSource._id, values: { n: 1 } });
    await receiver.waitFor(2);
    expect(await stopProgram(server)).toBe(0);
    moveClock(3 * HOUR);
    server = await startServer(environment);
    const { body: again } = await receiver.waitFor(3);
    expect([again.data.alertName, again.event]).toEqual(['3 seconds', 'alert.triggered']);
    expect((await callAdmin('GET', `/api/alerts/${ids[0] ?? ''}`)).alertRule.state).toBe('ok');
    expect(await stopProgram(server)).toBe(0);
    remove();
  }, 60_000);
});

it('stores a limited number of absences', async () => {
  const { app } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const uptime = app.app.get(UptimeMonitor);
  const write = (sql: string) => app.app.get(Writer).write((manager) => manager.query(sql));
  for (let index = 0; index < MAX_DOWNTIMES; index++)
    await write(`INSERT INTO server_absences VALUES ('${newId()}', ${index * 10}, ${index * 10 + 5})`);
  await uptime.recordHeartbeat();
  await write('UPDATE server_heartbeats SET at = at - 60000');
  await uptime.recordHeartbeat();
  const downtimes = await uptime.downtimes();
  expect(downtimes).toHaveLength(MAX_DOWNTIMES);
  const [{ since, until } = { since: 0, until: 0 }] = downtimes;
  expect(Math.round((until - since) / 1000)).toBe(60);
  expect(await app.app.get(DataSource).manager.count(DowntimeRow)).toBe(MAX_DOWNTIMES);
  await app.stop();
});

it('stops during a slow delivery, and repeats the attempt at the next start', async () => {
  receiver.behave(() => undefined);
  const { app, ...scene } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  await scene.makeRule('temperature > 30');
  await scene.send({ temperature: 31 });
  const { headers } = await receiver.waitFor(1);
  await app.stop();
  receiver.behave(answering(204));
  const next = await startApp(LOOPBACK_OPEN, database);
  await next.app.get(Deliverer).settled();
  await next.stop();
  expect(receiver.received).toHaveLength(2);
  expect(receiver.received[1]?.headers['webhook-id']).toBe(headers['webhook-id']);
});

it('is not changed by the command line, which uses the same services', async () => {
  const { app, ...scene } = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  await scene.makeRule('no data for 1 second');
  await app.app.get(RuleScheduler).onApplicationShutdown();
  await app.app.get(Writer).write((manager) => manager.query('UPDATE alert_rules SET due_at = 1'));
  await app.stop();
  const environment = { ...LOOPBACK_OPEN, DATABASE_URL: database.url };
  expect((await runProgram('cli.js', ['admin-key'], environment).ended).code).toBe(0);
  expect(receiver.connections()).toBe(0);
});

/** Variables for a server whose clock can be moved. */
function withMovedClock(variables: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-clock-'));
  const file = join(folder, 'offset');
  const moveClock = (millis: number) => writeFileSync(file, String(millis));
  moveClock(0);
  const environment = {
    ...variables,
    NODE_OPTIONS: `--import ${join(__dirname, '..', 'support', 'moved-clock.mjs')}`,
    CLOCK_OFFSET_FILE: file,
  };
  return { environment, moveClock, remove: () => rmSync(folder, { recursive: true }) };
}

const KILLS = 5;
const SOURCES = 10;

it(`delivers exactly the alerts of acknowledged points when killed ${KILLS} times before delivery`, async () => {
  const { environment, moveClock, remove } = withMovedClock({ ...LOOPBACK_OPEN, DATABASE_URL: database.url });
  // No receiver listens, so nothing is delivered before the kill.
  const { port, url } = receiver;
  await receiver.close();
  let server = await startServer(environment);
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
  const callAdmin = (method: string, path: string, body?: object) => server.call(method, path, { key: adminKey, body });
  const inAll = { answered: 0, lost: 0 };
  for (let round = 0; round < KILLS; round++) {
    const alerts = new Map<string, string>();
    for (let index = 0; index < SOURCES; index++) {
      const made = await callAdmin('POST', `/api/buckets/${bucketId}/sources`, { name: 'S', schema: { n: 'number' } });
      const dataSourceId = made.body.dataSource._id as string;
      const rule = { bucketId, dataSourceId, name: 'R', condition: 'n > 1', webhookUrl: `${url}/` };
      alerts.set(dataSourceId, (await callAdmin('POST', '/api/alerts', rule)).body.alertRule._id as string);
    }
    const answered = new Set<string>();
    const send = async (sourceIds: readonly string[]) => {
      for (const dataSourceId of sourceIds) {
        const { status } = await callAdmin('POST', '/api/data', { bucketId, dataSourceId, values: { n: 2 } });
        expect(status).toBe(201);
        answered.add(dataSourceId);
        if (answered.size === 1 + round) server.child.kill('SIGKILL');
      }
    };
    const ids = [...alerts.keys()];
    await Promise.allSettled([send(ids.slice(0, SOURCES / 2)), send(ids.slice(SOURCES / 2))]);
    await server.ended;
    receiver = await startReceiver(port);
    moveClock((round + 1) * MINUTE);
    server = await startServer(environment);
    const triggered: string[] = [];
    for (const [dataSourceId, alertId] of alerts) {
      const { state } = (await callAdmin('GET', `/api/alerts/${alertId}`)).body.alertRule as { state: string };
      const { stats } = (await callAdmin('GET', `/api/buckets/${bucketId}/sources/${dataSourceId}`)).body.dataSource;
      expect(state).toBe(stats.dataPointCount === 1 ? 'triggered' : 'ok');
      if (state === 'triggered') triggered.push(alertId);
      if (answered.has(dataSourceId)) expect(state).toBe('triggered');
    }
    await receiver.waitFor(triggered.length);
    expect(receiver.received.map(({ body }) => body.data.alertId as string).sort()).toEqual(triggered.sort());
    inAll.answered += answered.size;
    inAll.lost += SOURCES - triggered.length;
    await receiver.close();
  }
  expect(await stopProgram(server)).toBe(0);
  remove();
  // Otherwise no kill hit the critical moment.
  expect(Math.min(inAll.answered, inAll.lost)).toBeGreaterThan(0);
  receiver = await startReceiver();
}, 120_000);

it('repeats an unconfirmed delivery after a kill, with the same id', async () => {
  const { environment, moveClock, remove } = withMovedClock({ ...LOOPBACK_OPEN, DATABASE_URL: database.url });
  // The receiver never answers: the server is killed during the attempt.
  receiver.behave(() => undefined);
  const server = await startServer(environment);
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const app = { call: server.call, adminKey } as TestApp;
  const bucketId = await makeBucket(app);
  const { key } = await makeKey(app, bucketId, 'write');
  const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key,
    body: { name: 'a', schema: SCHEMA },
  });
  const dataSourceId = made.body.dataSource._id as string;
  const rule = { dataSourceId, name: 'a', condition: 'temperature > 30', webhookUrl: `${receiver.url}/` };
  expect((await server.call('POST', '/api/alerts', { key, body: rule })).status).toBe(201);
  expect(
    (await server.call('POST', '/api/data', { key, body: { dataSourceId, values: { temperature: 31 } } })).status,
  ).toBe(201);
  const first = await receiver.waitFor(1);
  server.child.kill('SIGKILL');
  await server.ended;
  receiver.behave(answering(204));
  moveClock(MINUTE);
  const next = await startServer(environment);
  const second = await receiver.waitFor(2);
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(second.text).toBe(first.text);
  expect(await stopProgram(next)).toBe(0);
  remove();
});
