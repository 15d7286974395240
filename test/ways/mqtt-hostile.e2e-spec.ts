// npm test leaves this out: hostile messages, repeated.
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { MalformedStream, PacketCutter } from '../../src/mqtt/protocol/packet-cutter';
import { MalformedPacket, PacketReader } from '../../src/mqtt/protocol/packet-reader';
import { RawClient } from '../support/mqtt-raw';
import { startMqtt, type MqttScene } from '../support/mqtt-scene';
import { until } from '../support/until';
import { repetitions } from '../support/repetitions';

let scene: MqttScene;
beforeAll(async () => (scene = await startMqtt({ DAKKIO_MQTT_CONNECTIONS: '40' })));
beforeEach(() => scene.renew());
afterAll(() => scene.end());

async function open(clientId = 'raw', version: 4 | 5 = 4): Promise<RawClient> {
  const client = await RawClient.open(scene.mqttPort, version);
  await client.connect(scene.key, { clientId });
  return client;
}
const isWell = async () => {
  const client = await open('well');
  client.publish(1, 'well', '1');
  const { cmd } = await client.next();
  await client.cut();
  return cmd === 'puback';
};

describe('the cutter of packets', () => {
  const packets = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });

  it('gives back the packets that were sent, however they were split, and the beginning of those over the limit', () => {
    fc.assert(
      fc.property(packets, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (bodies, sizes) => {
        const sent = bodies.map((body) => Buffer.concat([head(body.length), body]));
        const all = Buffer.concat(sent);
        const cutter = new PacketCutter(150);
        const cut = [];
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const end = at + (sizes[turn % sizes.length] ?? 1);
          cutter.push(all.subarray(at, end));
          for (let one = cutter.next(); one; one = cutter.next()) cut.push({ ...one, bytes: Buffer.from(one.bytes) });
          at = end;
        }
        expect(cut.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
        for (const [index, { bytes, isWhole, length }] of cut.entries()) {
          expect(isWhole).toBe(length <= 150);
          expect(bytes.equals(sent[index]?.subarray(0, bytes.length) ?? bytes)).toBe(true);
        }
        expect(cutter.isWithin).toBe(false);
      }),
    );
  });

  it('and the reader throw nothing but their own errors, for any bytes', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), packetLike());
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 10 }), (chunks) => {
        const cutter = new PacketCutter(500);
        const reader = new PacketReader();
        try {
          for (const chunk of chunks) {
            cutter.push(Buffer.from(chunk));
            for (let one = cutter.next(); one; one = cutter.next()) if (one.isWhole) reader.read(one.bytes);
          }
        } catch (cause) {
          expect(cause instanceof MalformedStream || cause instanceof MalformedPacket).toBe(true);
        }
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });
});

it('survives random and truncated packets before and after CONNECT', async () => {
  const samples = fc.sample(fc.tuple(packetLike(), fc.uint8Array({ maxLength: 50 }), fc.boolean()), 150);
  for (const [packet, rest, isConnected] of samples) {
    const client = isConnected ? await open('random') : await RawClient.open(scene.mqttPort);
    client.send(Buffer.from(packet), Buffer.from(rest));
    client.socket.end();
    await client.closed;
  }
  expect(await isWell()).toBe(true);
  expect(scene.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

it('answers a version that it does not know, and closes what is not MQTT', async () => {
  const six = await RawClient.open(scene.mqttPort);
  const bytes = six.bytesOf(six.connectPacket(scene.key));
  bytes.writeUInt8(6, 8);
  six.send(bytes);
  expect(await six.next()).toMatchObject({ cmd: 'connack', returnCode: 1 });
  await six.closed;
  for (const text of [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    '0\x05\x00\x01a12',
  ]) {
    const client = await RawClient.open(scene.mqttPort);
    client.send(Buffer.from(text, 'latin1'));
    await client.closed;
  }
});

it('closes a connection for what a client must not send', async () => {
  for (const packet of [
    { ...(await RawClient.open(scene.mqttPort)).connectPacket(scene.key) },
    { cmd: 'publish', qos: 0, topic: '', payload: '1', dup: false, retain: false, properties: { topicAlias: 1 } },
    { cmd: 'auth', reasonCode: 0 },
  ] as any[]) {
    const client = await open('wrong', 5);
    client.send(packet);
    expect(await client.next()).toMatchObject({ cmd: 'disconnect' });
    await client.closed;
  }
  const large = await RawClient.open(scene.mqttPort);
  large.send(large.connectPacket('x'.repeat(20_000)));
  await large.closed;
});

it('lets half of the connections to one key and address, and refuses more by reason', async () => {
  const clients = [];
  for (let index = 0; index < 20; index++) clients.push(await open(`many ${index}`));
  for (const [version, code] of [
    [4, { returnCode: 3 }],
    [5, { reasonCode: 0x97 }],
  ] as const) {
    const client = await RawClient.open(scene.mqttPort, version);
    expect(await client.connect(scene.key, { clientId: 'more' })).toMatchObject(code);
  }
  await clients[0]?.cut();
  await until('there is room', () => isWell().catch(() => false));
  await Promise.all(clients.map((client) => client.cut()));
});

it('admits keys beside 1,000 idle connections of many addresses, and closes the first ones of an address beyond a quarter', async () => {
  const sockets: Socket[] = [];
  let closed = 0;
  const idle = async (count: number, localAddress: string) => {
    for (let index = 0; index < count; index++) {
      const socket = connect({ port: scene.mqttPort, host: '127.0.0.1', localAddress });
      socket
        .on('close', () => (closed += 1))
        .on('error', () => undefined)
        .resume();
      sockets.push(socket);
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    }
  };
  for (let address = 2; address <= 7; address++) await idle(167, `127.0.0.${address}`);
  expect(await isWell()).toBe(true);
  await idle(100, '127.0.0.2');
  await until('those beyond the bounds are closed', () => closed >= 50);
  expect(await isWell()).toBe(true);
  for (const socket of sockets) socket.destroy();
});

it('keeps the messages of a client that reads nothing, and of one that sends byte by byte', async () => {
  const client = await open('slow');
  client.socket.pause();
  for (let id = 1; id <= 5000; id++) client.publish(id, 'slow', String(id));
  const slow = await open('bytes');
  const bytes = slow.bytesOf({
    cmd: 'publish',
    qos: 1,
    messageId: 1,
    topic: 'b',
    payload: '1',
    dup: false,
    retain: false,
  });
  for (const byte of bytes) {
    slow.socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await slow.next()).toMatchObject({ cmd: 'puback' });
  client.socket.resume();
  for (let id = 1; id <= 5000; id++) expect((await client.next()).messageId).toBe(id);
  expect(await scene.valuesOf('slow')).toHaveLength(5000);
});

it('acknowledges nothing while the database cannot be used', async () => {
  const broken = await startMqtt();
  const clients = [await RawClient.open(broken.mqttPort, 4), await RawClient.open(broken.mqttPort, 5)];
  for (const client of clients) await client.connect(broken.key, { clientId: `broken ${clients.indexOf(client)}` });
  await broken.app.get(DataSource).destroy();
  for (const client of clients) client.publish(1, 'broken', '1', { qos: 1 });
  expect(await clients[0]?.next()).toBeUndefined();
  expect(await clients[1]?.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x89 });
  await broken.app.get(DataSource).initialize();
  await broken.end();
});

/** A packet with a right header and any body. */
function packetLike(): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 120 }))
    .map(([first, body]) => Buffer.concat([Buffer.from([first, body.length]), body]));
}

function head(length: number): Buffer {
  return Buffer.from(length < 128 ? [0x30, length] : [0x30, (length % 128) | 128, Math.floor(length / 128)]);
}
