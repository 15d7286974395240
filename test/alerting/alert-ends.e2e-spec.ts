import { Deliverer } from '../../src/webhooks/deliverer';
import { useAlertScene } from '../support/alert-tests';
import { ownSource } from '../support/alerts';
import { makeBucket, makeKey } from '../support/make';
import { MINUTE } from '../support/rules';

const scene = useAlertScene();
const { call, settled } = scene;

const admin = (method: string, path: string, body?: object) => call(method, path, { key: scene.app.adminKey, body });

/** A bucket with a source and a rule that fires above 30, and the messages that its receiver got. */
async function fired(more: object = {}) {
  const bucketId = await makeBucket(scene.app);
  const { key } = await makeKey(scene.app, bucketId, 'write');
  const schema = { temperature: { type: 'number', unit: '°C' } };
  const { sourceId, send: sendValues } = await ownSource(call, key, bucketId, schema);
  const send = (temperature: number, agoMillis = 0) => sendValues({ temperature }, agoMillis);
  const wanted = { name: 'Hot', condition: 'temperature is above 30', webhookUrl: `${scene.receiver.url}/`, ...more };
  const rule = (await call('POST', '/api/alerts', { key, body: { dataSourceId: sourceId, ...wanted } })).body.alertRule;
  const id = rule._id as string;
  await send(31, MINUTE);
  return {
    ...{ id, bucketId, sourceId, send },
    patch: (body: object) => call('PATCH', `/api/alerts/${id}`, { key, body }),
    rule: async () => (await call('GET', `/api/alerts/${id}`, { key })).body.alertRule,
    /** The messages of the rule, once all due messages have been sent. */
    async messages(): Promise<any[]> {
      scene.app.app.get(Deliverer).wake();
      await settled();
      return scene.receiver.received.map(({ body }) => body).filter(({ data }) => data.alertId === id);
    },
  };
}

type Fired = Awaited<ReturnType<typeof fired>>;
const sourcePath = ({ bucketId, sourceId }: Fired) => `/api/buckets/${bucketId}/sources/${sourceId}`;

it.each<[string, string, (of: Fired) => Promise<{ status: number }>]>([
  ['paused', 'pausing the rule', ({ patch }) => patch({ status: 'paused' })],
  ['changed', 'another condition', ({ patch }) => patch({ condition: 'temperature is above 40' })],
  ['changed', 'a duration', ({ patch }) => patch({ condition: 'temperature is above 30 for 1 hour' })],
  ['deleted', 'deleting the rule', ({ id }) => admin('DELETE', `/api/alerts/${id}`)],
  ['archived', 'archiving the source', (of) => admin('PATCH', sourcePath(of), { status: 'archived' })],
  ['deleted', 'deleting the source', (of) => admin('DELETE', sourcePath(of))],
  [
    'archived',
    'archiving the bucket',
    ({ bucketId }) => admin('PATCH', `/api/buckets/${bucketId}`, { status: 'archived' }),
  ],
  ['deleted', 'deleting the bucket', ({ bucketId }) => admin('DELETE', `/api/buckets/${bucketId}`)],
])('sends the end of an alert with the reason %s after %s', async (reason, _what, change) => {
  const of = await fired();
  const [triggered] = await of.messages();
  expect((await change(of)).status).toBe(200);
  const messages = await of.messages();
  expect(messages.map(({ event }) => event)).toEqual(['alert.triggered', 'alert.resolved']);
  expect(messages[1].data).toMatchObject({
    reason,
    condition: 'temperature is above 30',
    currentValue: 31,
    repeat: 0,
    triggeredAt: triggered.timestamp,
    sequence: 2,
  });
  if (reason === 'deleted') return;
  expect(await of.rule()).toMatchObject({ state: 'ok' });
  const { body } = await admin('GET', `/api/alerts/${of.id}/history`);
  expect(body.history.map(({ event, reason: why }: any) => [event, why])).toEqual([
    ['resolved', reason],
    ['triggered', null],
  ]);
});

it.each(['source', 'bucket'])('fires again once its %s accepts points again, and sends each end once', async (what) => {
  const of = await fired();
  const path = what === 'source' ? sourcePath(of) : `/api/buckets/${of.bucketId}`;
  for (const status of ['archived', 'active', 'active']) await admin('PATCH', path, { status });
  await of.send(32);
  await of.patch({ status: 'paused' });
  await of.patch({ status: 'paused' });
  expect((await of.messages()).map(({ event, data }) => [event, data.reason])).toEqual([
    ['alert.triggered', undefined],
    ['alert.resolved', 'archived'],
    ['alert.triggered', undefined],
    ['alert.resolved', 'paused'],
  ]);
});

it('sends no end for a rule that did not fire', async () => {
  const of = await fired({ condition: 'temperature is above 50' });
  await of.patch({ condition: 'temperature is above 60' });
  await of.patch({ status: 'paused' });
  await admin('DELETE', sourcePath(of));
  expect(await of.messages()).toEqual([]);
});

it.each<[string, object]>([
  ['name', { name: 'Hotter' }],
  ['cooldown', { cooldownMinutes: 60 }],
  ['reminder', { repeatMinutes: 60 }],
  ['URL', { webhookUrl: 'http://127.0.0.1:9/' }],
  ['condition in other words', { condition: 'Temperature exceeds 30.0 °C' }],
])('keeps the state of a triggered rule when its %s changes', async (_what, change) => {
  const of = await fired();
  const before = await of.rule();
  const { status, body } = await of.patch(change);
  const after = body.alertRule;
  expect([status, after.updatedAt > before.updatedAt]).toEqual([200, true]);
  expect(after).toMatchObject({ state: 'triggered', lastTriggeredAt: before.lastTriggeredAt });
  expect(after.parsedCondition).toEqual(before.parsedCondition);
  expect((await of.messages()).map(({ event }) => event)).toEqual(['alert.triggered']);
  await of.send(20);
  const { body: shown } = await admin('GET', `/api/alerts/${of.id}/history`);
  expect(shown.history.map(({ event }: any) => event)).toEqual(['resolved', 'triggered']);
});

it.each([
  [60, 'cooldown', 1],
  [1, 'triggered', 2],
])('counts a changed cooldown of %i minutes from the last message', async (cooldownMinutes, state, count) => {
  const of = await fired({ cooldownMinutes: 30 });
  await of.send(20, MINUTE / 2);
  await of.patch({ cooldownMinutes });
  await of.send(31);
  expect(await of.rule()).toMatchObject({ state });
  expect((await of.messages()).filter(({ event }) => event === 'alert.triggered')).toHaveLength(count);
});
