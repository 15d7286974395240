import { generate } from 'mqtt-packet';
import { ArrivedBytes, CHUNK_BYTES } from '../../src/mqtt/connections/arrived-bytes';
import { MqttServer } from '../../src/mqtt/mqtt-server';
import { PacketCutter } from '../../src/mqtt/protocol/packet-cutter';
import { openPlain, RawClient } from '../support/mqtt-raw';
import { startMqtt, type MqttScene } from '../support/mqtt-scene';
import { until } from '../support/until';

const MEGABYTE = 1_048_576;
const PINGREQ = Buffer.from([0xc0, 0]);

let scene: MqttScene;
beforeAll(async () => (scene = await startMqtt()));
beforeEach(() => scene.renew());
afterAll(() => scene.end());

async function open(clientId: string): Promise<RawClient> {
  const client = await RawClient.open(scene.mqttPort, 4);
  await client.connect(scene.key, { clientId });
  return client;
}

it('reads a flood of PINGREQ ahead up to the share of its rotation line, answers all of it, and others of the line in between', async () => {
  const { services } = scene.app.get<{ services: any }>(MqttServer);
  const shared: ArrivedBytes = services.arrived;
  const arrived = new ArrivedBytes(4 * CHUNK_BYTES);
  services.arrived = arrived;
  let most = 0;
  let isWatching = true;
  const watch = () => {
    most = Math.max(most, arrived.waiting);
    if (isWatching) setImmediate(watch);
  };
  const quiet = await open('quiet');
  const clients = await Promise.all(Array.from({ length: 20 }, (_, index) => openPlain(scene, `flood ${index}`)));
  watch();
  for (const { socket } of clients) socket.write(Buffer.alloc(CHUNK_BYTES, PINGREQ));
  await until('some are answered', () => clients.some(({ received }) => received > 0));
  quiet.publish(1, 'quiet', '1', { qos: 1 });
  expect(await quiet.next()).toMatchObject({ cmd: 'puback', messageId: 1 });
  expect(clients.filter(({ received }) => received === CHUNK_BYTES).length).toBeLessThan(clients.length);
  await until('all are answered', () => clients.every(({ received }) => received === CHUNK_BYTES));
  isWatching = false;
  services.arrived = shared;
  expect(most).toBeGreaterThan(2 * CHUNK_BYTES);
  expect(most).toBeLessThanOrEqual(5 * CHUNK_BYTES);
  expect(arrived.waiting).toBe(0);
  for (const { socket } of clients) socket.destroy();
  await quiet.cut();
}, 60_000);

it('completes a message that has its memory while the other connections of its key are stopped', async () => {
  const { services } = scene.app.get<{ services: any }>(MqttServer);
  const shared: ArrivedBytes = services.arrived;
  services.arrived = new ArrivedBytes(CHUNK_BYTES);
  const large = await open('large');
  const payload = JSON.stringify({ value: 1, text: 'x'.repeat(900) }).padEnd(MEGABYTE - 100);
  const packet = generate({ cmd: 'publish', qos: 1, messageId: 1, topic: 'whole', payload, dup: false, retain: false });
  const [first, rest] = [packet.subarray(0, CHUNK_BYTES), packet.subarray(CHUNK_BYTES)];
  large.send(first);
  const deaf = await Promise.all(Array.from({ length: 4 }, (_, index) => openPlain(scene, `deaf ${index}`)));
  for (const { socket } of deaf) socket.pause().write(Buffer.alloc(64 * MEGABYTE, PINGREQ));
  await until('they are stopped', () => services.arrived.waiting > CHUNK_BYTES);
  large.send(rest);
  expect(await large.next()).toMatchObject({ cmd: 'puback', messageId: 1 });
  services.arrived = shared;
  for (const { socket } of deaf) socket.destroy();
  await large.cut();
}, 60_000);

it('reserves memory for the beginning of a message that is too large', () => {
  const cutter = new PacketCutter(1000);
  cutter.push(Buffer.from([0x30, 0x80, 0x80, 0x40]));
  cutter.next();
  expect(cutter.arriving).toBe(65_544);
  for (let sent = 0; sent < MEGABYTE - CHUNK_BYTES; sent += CHUNK_BYTES) cutter.push(Buffer.alloc(CHUNK_BYTES));
  expect(cutter.next()).toBeUndefined();
  expect(cutter.arriving).toBe(65_544);
  cutter.push(Buffer.alloc(CHUNK_BYTES));
  expect(cutter.next()).toMatchObject({ isWhole: false });
  expect(cutter.arriving).toBe(0);
});

it('keeps nothing of half a message once its connection is over', async () => {
  const push = jest.spyOn(PacketCutter.prototype, 'push');
  const client = await open('half');
  client.send(
    generate({
      cmd: 'publish',
      qos: 0,
      topic: 'half',
      payload: 'x'.repeat(MEGABYTE / 2),
      dup: false,
      retain: false,
    }).subarray(0, MEGABYTE / 4),
  );
  const cutterOf = () => push.mock.contexts.at(-1) as PacketCutter;
  await until('half of it has arrived', () => cutterOf().held === MEGABYTE / 4);
  client.socket.end();
  await client.closed;
  await until('it is forgotten', () => cutterOf().held === 0);
  expect(cutterOf().arriving).toBe(0);
  push.mockRestore();
});
