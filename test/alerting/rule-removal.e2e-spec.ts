import { DataSource } from 'typeorm';
import { AlertEvent } from '../../src/alerting/evaluation/alert-event.entity';
import { DeletedRule } from '../../src/alerting/evaluation/deleted-rule.entity';
import { RuleRemoval } from '../../src/alerting/evaluation/rule-removal';
import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { Delivery } from '../../src/webhooks/delivery.entity';
import { Webhook } from '../../src/webhooks/webhook.entity';
import { useAlertScene } from '../support/alert-tests';
import { makeBucket } from '../support/make';
import { answering } from '../support/receiver';

const scene = useAlertScene();
const { call, deliveriesOf, ownScene } = scene;

const eventRowsOf = (id: string) => scene.app.app.get(DataSource).manager.findBy(AlertEvent, { ruleId: id });

describe('what a rule depends on', () => {
  it('deletes the rule with it', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 31 });
    const path = `/api/buckets/${scene.bucketId}/sources/${own.sourceId}`;
    const { body } = await call('DELETE', path, { key: scene.app.adminKey });
    expect(body.deletedResources).toEqual({ dataPoints: 1, alertRules: 1 });
    scene.app.app.get(Deliverer).wake();
    await scene.app.app.get(Deliverer).settled();
    await scene.app.app.get(RuleRemoval).sweep();
    expect(await deliveriesOf(_id)).toEqual([]);
    expect((await call('GET', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(404);
  });

  it('is deleted with its bucket', async () => {
    const bucketId = await makeBucket(scene.app, 'Short-lived');
    const key = scene.app.adminKey;
    const source = await call('POST', `/api/buckets/${bucketId}/sources`, {
      key,
      body: { name: 'a', schema: { a: 'number' } },
    });
    const body = {
      bucketId,
      dataSourceId: source.body.dataSource._id,
      name: 'a',
      condition: 'a > 1',
      webhookUrl: 'https://example.com/',
    };
    const made = await call('POST', '/api/alerts', { key, body });
    expect(made.status).toBe(201);
    const gone = await call('DELETE', `/api/buckets/${bucketId}`, { key });
    expect(gone.body.deletedResources.alertRules).toBe(1);
    expect((await call('GET', `/api/alerts/${made.body.alertRule._id}`, { key })).status).toBe(404);
  });

  it('keeps the fields that the rule uses', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('humidity > 30');
    const path = `/api/buckets/${scene.bucketId}/sources/${own.sourceId}`;
    const change = () => call('PATCH', path, { key: scene.writeKey, body: { schema: { humidity: null } } });
    expect((await change()).status).toBe(409);
    await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey });
    expect((await change()).status).toBe(200);
  });
});

describe('the outbox of a deleted rule', () => {
  const count = async (id: string) => {
    const { manager } = scene.app.app.get(DataSource);
    return {
      events: await manager.countBy(AlertEvent, { ruleId: id }),
      deliveries: await manager.countBy(Delivery, { webhookId: id }),
      ended: await manager.countBy(DeletedRule, { id }),
    };
  };

  it('sends only the end of the alert, and is deleted in steps in the background', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const other = await own.makeRule('temperature > 25');
    await own.send({ temperature: 31 });
    await scene.app.app.get(Deliverer).settled();
    const [[delivery], [event]] = [await deliveriesOf(_id), await eventRowsOf(_id)];
    await scene.app.app.get(Writer).write(async (manager) => {
      const waiting = { status: 'waiting', attempts: 0 } as const;
      const copies = <Row extends object>(row: Row) => Array.from({ length: 100 }, () => ({ ...row, id: newId() }));
      for (let index = 0; index < 7; index++) {
        await manager.insert(AlertEvent, copies(event as AlertEvent));
        await manager.insert(Delivery, copies({ ...(delivery as Delivery), ...waiting }));
      }
    });
    const sentBefore = scene.receiver.received.length;
    expect((await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(200);
    expect(await count(_id)).toEqual({ events: 701, deliveries: 702, ended: 1 });
    scene.app.app.get(Deliverer).wake();
    await scene.app.app.get(Deliverer).settled();
    expect(scene.receiver.received.slice(sentBefore).map(({ body }) => body.event)).toEqual(['alert.resolved']);
    await scene.app.app.get(RuleRemoval).sweep();
    expect(await count(_id)).toEqual({ events: 0, deliveries: 0, ended: 0 });
    expect(await count(other._id as string)).toEqual({ events: 1, deliveries: 1, ended: 0 });
  });

  it('sends only the end of the alert before it is deleted', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    scene.receiver.behave(answering(500));
    await own.send({ temperature: 31 });
    await own.send({ temperature: 20 });
    await scene.app.app.get(Deliverer).settled();
    const sentBefore = scene.receiver.received.length;
    expect((await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(200);
    await scene.app.app.get(RuleRemoval).sweep();
    expect((await deliveriesOf(_id)).map(({ status }) => status)).toEqual(['waiting']);
    scene.receiver.behave(answering(204));
    await scene.app.app.get(Writer).write((manager) => manager.update(Webhook, { id: _id }, { nextAt: 1 }));
    scene.app.app.get(Deliverer).wake();
    await scene.app.app.get(Deliverer).settled();
    expect(scene.receiver.received.slice(sentBefore).map(({ body }) => body.event)).toEqual(['alert.resolved']);
    await scene.app.app.get(RuleRemoval).sweep();
    expect(await count(_id)).toEqual({ events: 0, deliveries: 0, ended: 0 });
    expect(await scene.app.app.get(DataSource).manager.countBy(Webhook, { id: _id })).toBe(0);
  });
});
