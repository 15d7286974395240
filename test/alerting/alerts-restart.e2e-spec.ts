// npm test leaves this out: it starts servers again and again.
import { DataSource } from 'typeorm';
import { DowntimeRow } from '../../src/alerting/evaluation/downtime.entity';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import type { AlertState } from '../../src/alerting/conditions/alert-state';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { UptimeMonitor, MAX_DOWNTIMES } from '../../src/alerting/evaluation/uptime-monitor';
import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN } from '../support/alerts';
import { rulesOf, sceneInEveryState, useLastingScene } from '../support/lasting-scene';
import { runProgram } from '../support/process';
import { answering } from '../support/receiver';
import { MINUTE } from '../support/rules';
import { startApp, type TestApp } from '../support/test-app';

const lasting = useLastingScene();

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
    await manager.query(`UPDATE point_totals SET arrived_at = arrived_at - ${millis}`);
    await manager.query(`UPDATE webhooks SET next_at = next_at - ${millis} WHERE next_at IS NOT NULL`);
    await manager.query(`UPDATE server_absences SET since = since - ${millis}, until = until - ${millis}`);
    if (!othersRan) await manager.query(`UPDATE server_heartbeats SET at = at - ${millis}, wall = wall - ${millis}`);
    await manager.query('UPDATE data_sources SET watch_version = watch_version + 1');
  });
  await app.stop();
  const next = await startApp(LOOPBACK_OPEN, lasting.database);
  await next.app.get(RuleScheduler).evaluateDue();
  await next.app.get(Deliverer).settled();
  return next;
}

it('continues with the state of each rule after a restart', async () => {
  const { app } = await sceneInEveryState(lasting);
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
  const sentBefore = lasting.receiver.received.length;
  const next = await restartAfter(app, 0);
  expect(Object.fromEntries(await rulesOf(next))).toEqual(states);
  expect(lasting.receiver.received).toHaveLength(sentBefore);
  await next.stop();
});

it('sends at start, once, the alerts that became due while it was down', async () => {
  const { app } = await sceneInEveryState(lasting);
  await app.app.get(Deliverer).settled();
  const sentBefore = lasting.receiver.received.length;
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
  const news = lasting.receiver.received.slice(sentBefore).map(({ body }) => `${body.data.alertName} ${body.event}`);
  expect(news.sort()).toEqual(['pending alert.triggered']);
  await again.stop();
});

it('counts its downtime as silence if another instance ran', async () => {
  const { app } = await sceneInEveryState(lasting);
  const next = await restartAfter(app, 60 * MINUTE, { othersRan: true });
  expect((await rulesOf(next)).get('silent')).toBe('triggered');
  await next.stop();
});

it('excludes the time in which no instance ran from silence, and keeps the silence before it', async () => {
  const { app, ...scene } = await lasting.start();
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
  expect(lasting.receiver.received.map(({ body }) => [body.data.alertId, body.data.currentValue])).toEqual([
    [_id, 900],
  ]);
  await next.stop();
});

it('stores a limited number of absences', async () => {
  const { app } = await lasting.start();
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
  lasting.receiver.behave(() => undefined);
  const { app, ...scene } = await lasting.start();
  await scene.makeRule('temperature > 30');
  await scene.send({ temperature: 31 });
  const { headers } = await lasting.receiver.waitFor(1);
  await app.stop();
  lasting.receiver.behave(answering(204));
  const next = await startApp(LOOPBACK_OPEN, lasting.database);
  await next.app.get(Deliverer).settled();
  await next.stop();
  expect(lasting.receiver.received).toHaveLength(2);
  expect(lasting.receiver.received[1]?.headers['webhook-id']).toBe(headers['webhook-id']);
});

it('is not changed by the command line, which uses the same services', async () => {
  const { app, ...scene } = await lasting.start();
  await scene.makeRule('no data for 1 second');
  await app.app.get(RuleScheduler).onApplicationShutdown();
  await app.app.get(Writer).write((manager) => manager.query('UPDATE alert_rules SET due_at = 1'));
  await app.stop();
  const environment = { ...LOOPBACK_OPEN, DATABASE_URL: lasting.database.url };
  expect((await runProgram('cli.js', ['admin-key'], environment).ended).code).toBe(0);
  expect(lasting.receiver.connections()).toBe(0);
});
