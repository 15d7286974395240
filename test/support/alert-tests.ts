import { DataSource, type EntityManager } from 'typeorm';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { Deliverer } from '../../src/webhooks/deliverer';
import { Delivery } from '../../src/webhooks/delivery.entity';
import { ownSource, startAlertScene, type AlertScene } from './alerts';
import type { Call } from './call';
import { startReceiver, type Receiver } from './receiver';

/** The scene of the tests of one file, with what most of them need. */
export interface TestScene extends AlertScene {
  readonly receiver: Receiver;
  readonly call: Call;
  readonly manager: () => EntityManager;
  /** The deliveries of a rule, oldest first. */
  readonly deliveriesOf: (ruleId: string) => Promise<Delivery[]>;
  readonly eventsOf: (ruleId: string) => Promise<string[]>;
  /** Evaluates what is due at this time, as if the time until then had passed. */
  readonly look: (at: number) => Promise<void>;
  /** Waits until all due messages have been sent. */
  readonly settled: () => Promise<void>;
  /** The same bucket with a data source of its own, so that the alerts of one test do not fire in another. */
  readonly ownScene: () => Promise<AlertScene>;
}

/**
 * Starts a server and a receiver before the tests of a file, or before each of them, and stops both afterwards. The functions of
 * the scene can be taken out of it at once; its other properties can be read in tests only.
 */
export function useAlertScene({ forEach = false }: { readonly forEach?: boolean } = {}): TestScene {
  let scene: AlertScene;
  let receiver: Receiver;
  (forEach ? beforeEach : beforeAll)(async () => {
    receiver = await startReceiver();
    scene = await startAlertScene(receiver);
  });
  (forEach ? afterEach : afterAll)(async () => {
    await scene.app.stop();
    await receiver.close();
  });
  const call: Call = (...args) => scene.app.call(...args);
  const manager = () => scene.app.app.get(DataSource).manager;
  const deliveriesOf = (ruleId: string) =>
    manager().find(Delivery, { where: { webhookId: ruleId }, order: { id: 'ASC' } });
  return {
    ...{ call, manager, deliveriesOf },
    eventsOf: async (ruleId) => (await deliveriesOf(ruleId)).map(({ event }) => event),
    look: (at) => scene.app.app.get(RuleScheduler).evaluateDue(at, performance.now() + at - Date.now()),
    settled: () => scene.app.app.get(Deliverer).settled(),
    async ownScene() {
      const schema = { temperature: 'number', humidity: 'number' };
      const { sourceId, send } = await ownSource(call, scene.writeKey, scene.bucketId, schema);
      const makeRule: AlertScene['makeRule'] = (condition, more) =>
        scene.makeRule(condition, { dataSourceId: sourceId, ...more });
      return { ...scene, sourceId, makeRule, send };
    },
    makeRule: (...args) => scene.makeRule(...args),
    send: (...args) => scene.send(...args),
    rule: (id) => scene.rule(id),
    get receiver() {
      return receiver;
    },
    get app() {
      return scene.app;
    },
    get bucketId() {
      return scene.bucketId;
    },
    get sourceId() {
      return scene.sourceId;
    },
    get writeKey() {
      return scene.writeKey;
    },
    get readKey() {
      return scene.readKey;
    },
  };
}
