import { DataSource } from 'typeorm';
import { WebhookResealing } from '../../src/webhooks/webhook-resealing';
import { Webhook } from '../../src/webhooks/webhook.entity';
import { useAlertScene } from '../support/alert-tests';
import { seen } from '../support/refusals';
import { answering } from '../support/receiver';

const scene = useAlertScene();
const { settled } = scene;

const call = (method: string, path: string, body?: object) =>
  scene.app.call(method, path, { key: scene.app.adminKey, body });
const patch = (id: string, body: object) => call('PATCH', `/api/alerts/${id}`, body);
const deliveriesOf = async (id: string) => (await call('GET', `/api/alerts/${id}/deliveries`)).body.deliveries as any[];
const historyOf = async (id: string) => (await call('GET', `/api/alerts/${id}/history`)).body.history as any[];
const NO_URL = {
  status: 409,
  body: { error: 'Conflict', message: 'The alert rule has no webhook URL. Set its webhookUrl first' },
};

describe('a rule without a webhook', () => {
  it.each([['null'], ['left out']])('is created when webhookUrl is %s, and shown with null', async (how) => {
    const wanted = { dataSourceId: scene.sourceId, name: 'Quiet', condition: 'temperature > 30' };
    const body = how === 'null' ? { ...wanted, webhookUrl: null } : wanted;
    const made = await scene.app.call('POST', '/api/alerts', { key: scene.writeKey, body });
    expect(made.status).toBe(201);
    const { webhookSecret, ...rule } = made.body.alertRule;
    expect(webhookSecret).toMatch(/^whsec_/);
    expect(rule).toMatchObject({ webhookUrl: null, webhook: null, headers: {}, status: 'active', state: 'ok' });
    for (const key of [scene.app.adminKey, scene.writeKey, scene.readKey]) {
      const { body: shown } = await scene.app.call('GET', `/api/alerts/${rule._id}`, { key });
      expect(shown.alertRule).toEqual(rule);
    }
    const { body: list } = await call('GET', `/api/buckets/${scene.bucketId}/alerts`);
    expect(list.alertRules).toContainEqual(rule);
  });

  it('fires and resolves with a history and without deliveries, and sends once it has a URL', async () => {
    const { _id, webhookSecret } = await scene.makeRule('temperature > 30', { webhookUrl: null, cooldownMinutes: 1 });
    await scene.send({ temperature: 31 }, 200_000);
    await scene.send({ temperature: 20 }, 120_000);
    expect((await historyOf(_id)).map(({ event }) => event)).toEqual(['resolved', 'triggered']);
    expect(await deliveriesOf(_id)).toEqual([]);
    const before = scene.receiver.received.length;
    const { status, body } = await patch(_id, { webhookUrl: `${scene.receiver.url}/late` });
    expect([status, body.alertRule.webhookUrl]).toEqual([200, `${scene.receiver.url}/late`]);
    expect(body.alertRule.webhook).toMatchObject({ status: 'ok', lastAttemptAt: null });
    await scene.send({ temperature: 32 });
    await settled();
    expect((await deliveriesOf(_id)).map(({ event, status }) => [event, status])).toEqual([
      ['alert.triggered', 'delivered'],
    ]);
    expect(scene.receiver.received).toHaveLength(before + 1);
    expect(scene.receiver.received.at(-1)?.path).toBe('/late');
    expect(webhookSecret).toMatch(/^whsec_/);
  });

  it('refuses test messages and headers', async () => {
    const { _id } = await scene.makeRule('temperature > 30', { webhookUrl: null });
    expect(seen(await call('POST', `/api/alerts/${_id}/test`))).toEqual(NO_URL);
    const message = 'headers must not be sent for an alert rule without a webhookUrl';
    const refused = { error: 'Validation Error', message };
    const headers = { Authorization: 'Bearer x' };
    expect(seen(await patch(_id, { headers }))).toEqual({ status: 400, body: refused });
    const wanted = { dataSourceId: scene.sourceId, bucketId: scene.bucketId, name: 'x', condition: 'temperature > 1' };
    expect(seen(await call('POST', '/api/alerts', { ...wanted, headers }))).toEqual({ status: 400, body: refused });
    expect((await patch(_id, { webhookUrl: 'https://example.com…' })).body.message).toMatch(/must not end with …/);
  });

  it('has a secret that can be rotated, and can be deleted', async () => {
    const { _id, webhookSecret } = await scene.makeRule('temperature > 30', { webhookUrl: null });
    const rotated = await call('POST', `/api/alerts/${_id}/rotate-secret`);
    expect([rotated.status, rotated.body.webhookSecret === webhookSecret]).toEqual([200, false]);
    expect((await call('DELETE', `/api/alerts/${_id}`)).status).toBe(200);
  });
});

describe('PATCH with webhookUrl: null', () => {
  it('removes the URL and the headers; waiting deliveries fail and can be replayed to a new URL', async () => {
    scene.receiver.behave(answering(500));
    const made = await scene.makeRule('temperature > 40', { headers: { Authorization: 'Bearer x' } });
    const { _id } = made;
    expect(made.headers).toEqual({ Authorization: '…' });
    await scene.send({ temperature: 41 });
    await settled();
    expect((await deliveriesOf(_id))[0]).toMatchObject({ status: 'waiting', attempts: 1 });
    const { body } = await patch(_id, { webhookUrl: null });
    expect(body.alertRule).toMatchObject({ webhookUrl: null, webhook: null, headers: {}, state: 'triggered' });
    const [delivery] = await deliveriesOf(_id);
    const error = 'The webhook URL of the alert rule was removed before this was sent';
    expect(delivery).toMatchObject({ status: 'failed', error, nextAttemptAt: null });
    const replay = `/api/alerts/${_id}/deliveries/${delivery._id}/replay`;
    expect(seen(await call('POST', replay))).toEqual(NO_URL);
    // The alert ends without a message.
    await patch(_id, { status: 'paused' });
    expect(await deliveriesOf(_id)).toHaveLength(1);
    scene.receiver.behave(answering(200));
    await patch(_id, { webhookUrl: `${scene.receiver.url}/again` });
    expect((await call('POST', replay)).status).toBe(200);
    await settled();
    expect((await deliveriesOf(_id))[0]).toMatchObject({ status: 'delivered' });
    const { headers, path } = scene.receiver.received.at(-1) ?? {};
    expect([path, headers?.['authorization']]).toEqual(['/again', undefined]);
  });

  it('is recorded in the audit log, and has no effect the second time', async () => {
    const { _id } = await scene.makeRule('temperature > 50');
    for (let times = 0; times < 2; times++) expect((await patch(_id, { webhookUrl: null })).status).toBe(200);
    const { body } = await call('GET', `/api/audit?targetId=${_id}&action=alertRule.updated`);
    const host = new URL(scene.receiver.url).host;
    expect(body.auditEvents.map(({ details }: any) => details)).toEqual([
      { from: { webhook: host }, to: { webhook: null } },
    ]);
  });
});

it('skips rules without a URL when webhooks are encrypted again', async () => {
  const { _id } = await scene.makeRule('temperature > 60', { webhookUrl: null });
  const { manager } = scene.app.app.get(DataSource);
  const before = await manager.findOneByOrFail(Webhook, { id: _id });
  const { unreadable } = await scene.app.app.get(WebhookResealing).run();
  expect(unreadable).toBe(0);
  expect(await manager.findOneByOrFail(Webhook, { id: _id })).toEqual(before);
});
