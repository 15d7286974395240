import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Received, type Receiver } from '../support/receiver';
import { createDatabase, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let receiver: Receiver;
let scene: AlertScene;

beforeEach(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
  scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
});

afterEach(async () => {
  await scene.app.stop();
  await receiver.close();
  await database.remove();
});
const deliverer = () => scene.app.app.get(Deliverer);

/** Has rules for above 30, with a cooldown of a minute, triggered and resolved so many times each. */
async function alternate(times: number): Promise<void> {
  for (let left = 2 * times; left > 0; left--)
    await scene.send({ temperature: left % 2 === 0 ? 31 : 20 }, left * 61_000);
}

const makeRule = (more = {}) => scene.makeRule('temperature > 30', { cooldownMinutes: 1, ...more });

(ON_POSTGRES ? describe : describe.skip)('several servers', () => {
  it('send the messages of one rule one at a time, in order, and each once', async () => {
    const other = await startApp(LOOPBACK_OPEN, database);
    await makeRule();
    await makeRule();
    const underWay = new Map<string, number>();
    let most = 0;
    receiver.behave((response) => {
      const { alertId } = receiver.received.at(-1)?.body.data as { alertId: string };
      const count = (underWay.get(alertId) ?? 0) + 1;
      underWay.set(alertId, count);
      most = Math.max(most, count);
      setTimeout(() => {
        underWay.set(alertId, count - 1);
        response.writeHead(204).end();
      }, 5);
    });
    const wake = setInterval(() => other.app.get(Deliverer).wake(), 3);
    await alternate(10);
    for (const app of [scene.app, other, scene.app]) await app.app.get(Deliverer).settled();
    clearInterval(wake);
    await other.stop();
    expect(most).toBe(1);
    const byRule = new Map<string, Received[]>();
    for (const one of receiver.received) {
      const alertId = one.body.data.alertId as string;
      byRule.set(alertId, [...(byRule.get(alertId) ?? []), one]);
    }
    for (const received of byRule.values())
      expect(received.map(({ body }) => body.data.sequence)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    expect(byRule.size).toBe(2);
  });

  it('pause together where one of them is told to', async () => {
    const other = await startApp(LOOPBACK_OPEN, database);
    receiver.behave(answering(429, { 'retry-after': '600' }));
    await makeRule();
    await scene.send({ temperature: 31 });
    await deliverer().settled();
    await scene.makeRule('humidity > 80');
    await scene.send({ humidity: 85 });
    for (const app of [other, scene.app]) {
      app.app.get(Deliverer).wake();
      await app.app.get(Deliverer).settled();
    }
    expect(receiver.received).toHaveLength(1);
    await other.stop();
  });
});
