// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { makeKey, makeSource } from '../support/make';
import { RawClient } from '../support/mqtt-raw';
import { startMqtt, type MqttScene } from '../support/mqtt-scene';
import { pause, until } from '../support/until';

let scene: MqttScene;
beforeAll(async () => (scene = await startMqtt({ DAKKIO_FAILED_AUTH_PER_MINUTE: '60' })));
beforeEach(() => scene.renew());
afterAll(() => scene.end());

async function connack(version: 3 | 4 | 5, key: string, more: object = {}): Promise<number> {
  const client = await RawClient.open(scene.mqttPort, version);
  const { returnCode, reasonCode } = await client.connect(key, more);
  const code = version === 5 ? reasonCode : returnCode;
  if (code !== 0) await client.closed;
  await client.cut();
  return code;
}
const codes = async (key: string, more?: object) => [await connack(4, key, more), await connack(5, key, more)];
async function open(key: string, version: 4 | 5 = 5, clientId = 'raw'): Promise<RawClient> {
  const client = await RawClient.open(scene.mqttPort, version);
  await client.connect(key, { clientId });
  return client;
}
const change = (method: string, body?: object, keyId = scene.keyId) =>
  scene.call(method, `/api/buckets/${scene.bucketId}/keys/${keyId}`, { key: scene.adminKey, body });

describe('CONNECT', () => {
  it('takes a Write key as the password or the user name', async () => {
    expect(await codes(scene.key)).toEqual([0, 0]);
    expect(await codes('', { username: scene.key, password: undefined })).toEqual([0, 0]);
    expect(await codes('none', { username: scene.key })).toEqual([0, 0]);
    expect(await connack(3, scene.key)).toBe(0);
  });

  it('refuses Read and Admin keys, other addresses, and methods of authentication', async () => {
    const { key: elsewhere } = await makeKey(scene, scene.bucketId, 'write', { allowedIps: ['192.0.2.1'] });
    expect(await codes(scene.reader)).toEqual([5, 0x87]);
    expect(await codes(scene.adminKey)).toEqual([5, 0x87]);
    expect(await codes(elsewhere)).toEqual([5, 0x87]);
    expect(await connack(5, scene.key, { properties: { authenticationMethod: 'SCRAM-SHA-256' } })).toBe(0x8c);
    const refusals = async () => {
      const { body } = await scene.call('GET', '/api/audit?limit=200', { key: scene.adminKey });
      return JSON.stringify(body.auditEvents.filter(({ action }: any) => action === 'access.refused'));
    };
    await until('it is in the audit log', async () => (await refusals()).includes('MQTT needs a Write key'));
  });

  it('refuses invalid keys', async () => {
    expect(await codes('dakkio_w_wrong')).toEqual([4, 0x86]);
    expect(await connack(5, '', { password: undefined, username: undefined })).toBe(0x86);
  });

  it('is answered before what was sent right behind it', async () => {
    const publish = (id: number) =>
      ({ cmd: 'publish', qos: 1, messageId: id, topic: 'a', payload: String(id) }) as const;
    const behind = [publish(1), publish(2)].map((one) => ({ ...one, dup: false, retain: false }));
    const refused = await RawClient.open(scene.mqttPort);
    refused.send(refused.connectPacket('dakkio_w_wrong'), ...behind);
    expect([await refused.next(), await refused.next()]).toMatchObject([{ cmd: 'connack', returnCode: 4 }, undefined]);
    const client = await RawClient.open(scene.mqttPort);
    client.send(client.connectPacket(scene.key), ...behind);
    const answers = [await client.next(), await client.next(), await client.next()];
    expect(answers.map(({ cmd }) => cmd)).toEqual(['connack', 'puback', 'puback']);
  });

  it('counts as a use of the key, and messages as its requests', async () => {
    const client = await open(scene.key);
    for (let id = 1; id <= 3; id++) {
      client.publish(id, 'used', String(id));
      await client.next();
    }
    const path = `/api/buckets/${scene.bucketId}/keys/${scene.keyId}/usage`;
    const { body } = await scene.call('GET', path, { key: scene.adminKey });
    expect(body.usage).toMatchObject({ lastUserAgent: 'MQTT raw', totals: { requests: 4, refusals: 0, points: 3 } });
  });
});

describe('a connection', () => {
  it.each(['deleted', 'disabled'])('ends within a second after its key is %s', async (what) => {
    const clients = [await open(scene.key, 4, 'a'), await open(scene.key, 5, 'b')];
    const { status } = await (what === 'deleted' ? change('DELETE') : change('PATCH', { enabled: false }));
    expect(status).toBe(200);
    const changedAt = Date.now();
    expect(await clients[1]?.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 });
    await Promise.all(clients.map(({ closed }) => closed));
    expect(Date.now() - changedAt).toBeLessThan(1000);
    expect(await connack(5, scene.key)).toBe(0x86);
  });

  it('ends when its key expires, and stores no will', async () => {
    const expiresAt = new Date(Date.now() + 1200).toISOString();
    const { key } = await makeKey(scene, scene.bucketId, 'write', { expiresAt });
    const client = await RawClient.open(scene.mqttPort);
    await client.connect(key, { will: { topic: 'will', payload: 'Offline' } });
    await client.closed;
    const later = Date.now() - Date.parse(expiresAt);
    expect(later).toBeGreaterThanOrEqual(0);
    expect(later).toBeLessThan(1000);
    expect(await scene.stored()).toEqual([]);
  });

  it('ends when its address is no longer allowed', async () => {
    const client = await open(scene.key);
    await change('PATCH', { allowedIps: ['192.0.2.1'] });
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 });
  });
});

describe('the limits of a key', () => {
  it('slow its client down: nothing is lost over a rate limit', async () => {
    const { key } = await makeKey(scene, scene.bucketId, 'write', { rateLimit: { limit: 5, windowSeconds: 1 } });
    const client = await open(key, 4);
    const startedAt = performance.now();
    for (let id = 1; id <= 10; id++) client.publish(id, 'rated', String(id));
    for (let id = 1; id <= 10; id++) expect((await client.next()).messageId).toBe(id);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    expect(await scene.valuesOf('rated')).toHaveLength(10);
  });

  it('store nothing of a deleted key that waits for its rate limit', async () => {
    const { key, _id } = await makeKey(scene, scene.bucketId, 'write', { rateLimit: { limit: 1, windowSeconds: 2 } });
    const client = await open(key, 4);
    client.publish(1, 'late', '1');
    client.publish(2, 'late', '2');
    await client.next();
    await change('DELETE', undefined, _id);
    await client.closed;
    await pause(2200);
    expect(await scene.valuesOf('late')).toEqual([{ value: 1 }]);
  });

  it('refuse messages over a quota: by reason in MQTT 5, without an acknowledgement in MQTT 3.1.1', async () => {
    const { key } = await makeKey(scene, scene.bucketId, 'write', { quota: { limit: 4, per: 'month' } });
    const five = await open(key, 5);
    for (let id = 1; id <= 4; id++) five.publish(id, 'quota', String(id));
    const reasons = [await five.next(), await five.next(), await five.next(), await five.next()];
    expect(reasons.map(({ reasonCode }) => reasonCode)).toEqual([0, 0, 0, 0x97]);
    const four = await open(key, 4, 'four');
    four.publish(1, 'quota', '5');
    expect(await four.next()).toBeUndefined();
    expect(await scene.valuesOf('quota')).toHaveLength(3);
  });

  it('restrict a key that is bound to a data source to that one', async () => {
    const dataSourceId = await makeSource(scene, scene.bucketId, 'Bound', { value: 'number' });
    const other = await makeSource(scene, scene.bucketId, 'Other', { value: 'number' });
    const { key } = await makeKey(scene, scene.bucketId, 'write', { dataSourceId });
    const client = await open(key);
    client.publish(1, 'any/topic', '1');
    client.publish(2, 'any/topic', JSON.stringify({ dataSourceId, values: { value: 2 }, metadata: { a: 'b' } }));
    client.publish(3, 'any/topic', JSON.stringify({ dataSourceId: other, values: { value: 3 } }));
    client.publish(4, 'any/topic', '{"unknown":4}');
    const reasons = [await client.next(), await client.next(), await client.next(), await client.next()];
    expect(reasons.map(({ reasonCode }) => reasonCode)).toEqual([0, 0, 0x87, 0x99]);
    expect((await scene.stored()).map(([name, , values]) => [name, values])).toEqual([
      ['Bound', { value: 1 }],
      ['Bound', { value: 2 }],
    ]);
  });

  it('take nothing into an archived bucket', async () => {
    const five = await open(scene.key, 5);
    const four = await open(scene.key, 4, 'four');
    await scene.call('PATCH', `/api/buckets/${scene.bucketId}`, { key: scene.adminKey, body: { status: 'archived' } });
    five.publish(1, 'archived', '1');
    expect(await five.next()).toMatchObject({ reasonCode: 0x87, properties: { reasonString: 'Bucket is archived' } });
    four.publish(1, 'archived', '1');
    expect(await four.next()).toBeUndefined();
  });
});

it('replaces the key that it was rotated from at its first use', async () => {
  const rotated = await scene.call('POST', `/api/buckets/${scene.bucketId}/keys/${scene.keyId}/rotate`, {
    key: scene.adminKey,
    body: { retireOnFirstUse: true },
  });
  const old = await open(scene.key);
  expect(await connack(5, rotated.body.apiKey.key, { clientId: 'new' })).toBe(0);
  await until('the old connection is closed', () => old.isClosed);
  expect(await connack(5, scene.key)).toBe(0x86);
});

it('refuses invalid keys of an address for a while after many, and valid ones never', async () => {
  let code = 0x86;
  for (let count = 0; count < 70 && code === 0x86; count++) code = await connack(5, 'dakkio_w_wrong');
  expect(code).toBe(0x9f);
  expect(await connack(4, 'dakkio_w_wrong')).toBe(3);
  expect(await codes(scene.key)).toEqual([0, 0]);
});
