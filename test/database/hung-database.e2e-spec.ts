// npm test leaves this out: kills and outages, repeated.
import { join } from 'node:path';
import type { Abstract, Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AnchorFile } from '../../src/audit/anchor-file';
import { AuditAnchors } from '../../src/audit/audit-anchors';
import { Refusals } from '../../src/audit/refusals';
import { query } from '../../src/database/sql';
import { PeriodicTasks } from '../../src/database/periodic-task';
import { Writer } from '../../src/database/writer';
import { UptimeMonitor } from '../../src/alerting/evaluation/uptime-monitor';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { Usage } from '../../src/api-keys/usage/usage.service';
import { Backoffs } from '../../src/webhooks/backoffs';
import { DeliveryLeases } from '../../src/webhooks/delivery-leases';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { makeBucket } from '../support/make';
import { ABSENT_ID } from '../support/refusals';
import { startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, type TestDatabase } from '../support/test-app';

let receiver: Receiver;
let database: TestDatabase;
let scene: AlertScene;
beforeAll(async () => {
  globalThis.setInterval = impatient;
  receiver = await startReceiver();
  database = await createDatabase();
  const anchors = { DAKKIO_AUDIT_ANCHOR_FILE: join(database.folder, 'anchors') };
  scene = await startAlertScene(receiver, { ...LOOPBACK_OPEN, ...anchors }, database);
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
  await database.remove();
  globalThis.setInterval = ownInterval;
});

const get = <T>(type: Type<T> | Abstract<T>) => scene.app.app.get<T>(type);
const logged = (words: string) => scene.app.logs.filter((line) => line.includes(words));
const never = () => new Promise<never>(() => undefined);

/** What the server waits for at most, in milliseconds between two looks at it: 15 s, and 60 s of background work. */
const WATCHED = [3000, 12_000];

/** The server waits for a second instead, from its start on. */
const { setInterval: ownInterval } = globalThis;
const impatient = (work: () => void, millis?: number) =>
  ownInterval(work, WATCHED.includes(millis ?? 0) ? 200 : millis);

/** Has a call of some object hang for ever while `work` runs, which ends all the same. */
async function hang<T extends object>(of: T, name: keyof T & string, work: () => unknown): Promise<void> {
  const call = jest.spyOn(of as Record<string, () => unknown>, name).mockImplementation(never);
  await work();
  expect(call).toHaveBeenCalled();
  jest.restoreAllMocks();
}

describe('a call of the database that never ends', () => {
  it('does not keep rules from being judged, nor their alerts from being sent', async () => {
    const timer = get(RuleScheduler);
    // A clock that skips some time has the heartbeat written at once.
    await hang(get(UptimeMonitor), 'recordHeartbeat', () => timer.evaluateDue(Date.now() + 10_000, performance.now()));
    await hang(get(Writer), 'write', () => timer.evaluateDue(Date.now() + 20_000, performance.now()));
    await scene.makeRule('no data for 1 minutes', { name: 'Silent' });
    await scene.send({ temperature: 1 });
    const before = receiver.received.length;
    await timer.evaluateDue(Date.now() + 200_000, performance.now() + 200_000);
    await receiver.waitFor(before + 1);
    expect(logged('Alert rules could not be evaluated yet').length).toBeGreaterThanOrEqual(1);
  });

  it('does not keep alerts from being delivered', async () => {
    await scene.makeRule('temperature > 40', { name: 'Hot' });
    const deliverer = get(Deliverer);
    await deliverer.settled();
    const before = receiver.received.length;
    await hang(get(DeliveryLeases), 'acquire', async () => {
      deliverer.wake();
      await deliverer.settled();
    });
    await scene.send({ temperature: 41 });
    await receiver.waitFor(before + 1);
  });

  it('frees the place of the delivery that waits for it', async () => {
    const deliverer = get(Deliverer);
    await deliverer.settled();
    const before = receiver.received.length;
    await hang(get(Backoffs), 'recovered', async () => {
      await scene.send({ temperature: 10 });
      await scene.send({ temperature: 42 });
      await receiver.waitFor(before + 1);
      await deliverer.settled();
    });
    expect(Reflect.get(deliverer, 'deliveries')).toEqual(new Set());
  });

  it('keeps neither usage, refusals nor anchors from being written afterwards', async () => {
    const [usage, refusals, anchors] = [get(Usage), get(Refusals), get(AuditAnchors)];
    const countOf = async (sql: string) => {
      const [row] = await query<{ n: number | string | null }>(get(DataSource).manager, sql, []);
      return Number(row?.n);
    };
    await usage.flush();
    const before = await countOf('SELECT sum(requests) AS n FROM key_usage');
    await hang(get(Writer), 'write', async () => {
      await scene.app.call('GET', '/api/keys/self', { key: scene.readKey });
      await scene.app.call('DELETE', `/api/alerts/${ABSENT_ID}`, { key: scene.readKey });
      await Promise.all([usage.flush(), refusals.flush()]);
    });
    // The file may be on a disk of the network.
    const file = Reflect.get(anchors, 'file') as AnchorFile;
    await hang(file, 'add', async () => {
      await makeBucket(scene.app);
      await anchors.anchor();
    });
    await Promise.all([usage.flush(), refusals.flush(), anchors.anchor()]);
    expect(await countOf('SELECT sum(requests) AS n FROM key_usage')).toBeGreaterThan(before);
    expect(await countOf("SELECT count(*) AS n FROM audit_log WHERE action = 'access.refused'")).toBe(1);
    expect(await anchors.findings()).toEqual([]);
  });

  it('does not keep the lease from being renewed, nor background work from its next run', async () => {
    const periodicTasks = get(PeriodicTasks);
    let runs = 0;
    let hangs = true;
    const job = periodicTasks.register({
      ...{ failed: 'Something could not be done yet', everyMillis: 1000, firstAfterMillis: 0 },
      async work() {
        runs += 1;
        if (hangs) await never();
      },
    });
    await job.run();
    hangs = false;
    await job.run();
    expect(runs).toBe(2);

    const lease = Reflect.get(periodicTasks, 'lease') as { keep: () => Promise<boolean>; renewedAt: number };
    await hang(lease, 'keep', () => periodicTasks.look());
    lease.renewedAt = -Infinity;
    await periodicTasks.look();
    expect(periodicTasks.isResponsible).toBe(true);
  });

  it('is one outage in the log, whatever waited for it', () => {
    expect(logged('The database cannot be used: it does not answer')).toHaveLength(1);
  });
});
