// npm test leaves this out: hostile messages, repeated.
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { MAX_TOPICS } from '../../src/mqtt/protocol/packet-costs';
import type { CurrentApiKey } from '../../src/auth/current-key.decorator';
import { KeyVerifier } from '../../src/auth/key-verifier';
import { MqttServer } from '../../src/mqtt/mqtt-server';
import { MAX_UNRELEASED_OF_ALL } from '../../src/mqtt/connections/unreleased-messages';
import { PacketCutter } from '../../src/mqtt/protocol/packet-cutter';
import { mapLargeMessage, mapMessage } from '../../src/mqtt/mapping/map-message';
import { openPlain, RawClient } from '../support/mqtt-raw';
import { startMqtt, type MqttScene } from '../support/mqtt-scene';
import { until } from '../support/until';
import { waitsDuring } from '../support/waits';

const MEGABYTE = 1_048_576;
const PINGREQ = Buffer.from([0xc0, 0]);
const PINGS = 200_000;

let scene: MqttScene;
beforeAll(async () => (scene = await startMqtt()));
beforeEach(() => scene.renew());
afterAll(() => scene.end());

async function open(clientId: string, version: 4 | 5 = 4): Promise<RawClient> {
  const client = await RawClient.open(scene.mqttPort, version);
  await client.connect(scene.key, { clientId });
  return client;
}

describe('a flood of PINGREQ', () => {
  it('is answered in full, between the requests of others', async () => {
    const control = await waitsDuring(scene, () => sleep(500));
    const client = await openPlain(scene, 'pings');
    const neighbour = await open('neighbour');
    let published = 0;
    const attacked = await waitsDuring(scene, async () => {
      client.socket.write(Buffer.alloc(2 * PINGS, PINGREQ));
      await until('some are answered', () => client.received > 0);
      while (client.received < 2 * PINGS) {
        neighbour.publish(1, 'neighbour', '1', { qos: 1 });
        expect(await neighbour.next()).toMatchObject({ cmd: 'puback' });
        published += 1;
      }
    });
    expect(client.received).toBe(2 * PINGS);
    // Answered at one go, the flood lets one request or two through.
    expect(attacked.answered).toBeGreaterThan(10);
    expect(published).toBeGreaterThan(10);
    expect(attacked.longest).toBeLessThan(1000 + 5 * control.longest);
    client.socket.destroy();
    await neighbour.cut();
  }, 60_000);

  it('is not read further while its client does not read', async () => {
    const client = await openPlain(scene, 'deaf');
    client.socket.pause();
    let isTaken = false;
    client.socket.write(Buffer.alloc(64 * MEGABYTE, PINGREQ), () => (isTaken = true));
    const memoryBefore = process.memoryUsage().arrayBuffers;
    const neighbour = await open('hearing');
    const taken = () => client.socket.bytesWritten - client.socket.writableLength;
    let before: number;
    do {
      before = taken();
      for (let id = 1; id <= 20; id++) {
        neighbour.publish(id, 'hearing', String(id), { qos: 1 });
        expect(await neighbour.next()).toMatchObject({ cmd: 'puback', messageId: id });
      }
    } while (before !== taken());
    expect(isTaken).toBe(false);
    expect(process.memoryUsage().arrayBuffers - memoryBefore).toBeLessThan(16 * MEGABYTE);
    client.socket.destroy();
    await neighbour.cut();
  }, 60_000);
});

describe('a packet of many topics', () => {
  const subscribe = (count: number, version: 4 | 5, type: 0x82 | 0xa2 = 0x82) => {
    const topic = type === 0x82 ? [0, 1, 0x61, 0] : [0, 1, 0x61];
    const body = [0, 7, ...(version === 5 ? [0] : []), ...Array.from({ length: count }, () => topic).flat()];
    return Buffer.from([type, ...lengthOf(body.length), ...body]);
  };

  it.each([
    ['SUBSCRIBE', 0x82, 'suback'],
    ['UNSUBSCRIBE', 0xa2, 'unsuback'],
  ] as const)('is answered up to 1,000 of them: %s', async (_name, type, cmd) => {
    const client = await open('many topics', 5);
    client.send(subscribe(MAX_TOPICS, 5, type));
    const answer = await client.next();
    expect(answer).toMatchObject({ cmd, messageId: 7 });
    expect(answer.granted).toHaveLength(MAX_TOPICS);
    client.send(subscribe(MAX_TOPICS + 1, 5, type));
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x97 });
    await client.closed;
  });

  it('closes the connection of MQTT 3, and costs others nothing', async () => {
    const control = await waitsDuring(scene, () => sleep(500));
    const packet = subscribe(200_000, 4);
    const { longest } = await waitsDuring(scene, async () => {
      for (let index = 0; index < 20; index++) {
        const client = await open('200,000 topics');
        client.send(packet);
        await client.closed;
        expect(client.received).toEqual([]);
      }
    });
    expect(longest).toBeLessThan(1000 + 5 * control.longest);
  }, 60_000);
});

it('refuses a packet with more than 16 KiB of properties', async () => {
  const property = [0x26, 0, 1, 0x61, 0, 1, 0x62];
  for (const [head, count] of [
    [[0x30, [0, 1, 0x61]], 2341],
    [[0x82, [0, 7]], 2341],
    [[0xe0, [0]], 2341],
  ] as [[number, number[]], number][]) {
    const client = await open('properties', 5);
    const properties = Array.from({ length: count }, () => property).flat();
    const [type, start] = head;
    const body = [...start, ...lengthOf(properties.length), ...properties];
    client.send(Buffer.from([type, ...lengthOf(body.length), ...body]));
    expect(await client.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x95 });
    await client.closed;
  }
});

it('keeps about as much memory as has arrived of a packet that is sent byte by byte', () => {
  const cutter = new PacketCutter(MEGABYTE);
  const bytes = 200_000;
  cutter.push(Buffer.from([0x30, ...lengthOf(bytes + 1)]));
  let cut = 0;
  for (let index = 0; index < bytes; index++) {
    cutter.push(Buffer.from([index % 251]));
    if (cutter.next()) cut += 1;
  }
  expect(cut).toBe(0);
  const { parts } = cutter as unknown as { readonly parts: readonly Buffer[] };
  expect(parts.length).toBeLessThan(30);
  cutter.push(Buffer.from([1]));
  const packet = cutter.next();
  expect(packet?.length).toBe(bytes + 5);
  expect(packet?.bytes.subarray(4, -1).every((byte, index) => byte === index % 251)).toBe(true);
});

describe('a large message', () => {
  it.each<[string, string | (() => string)]>([
    ['equals signs', 'x'.padEnd(MEGABYTE - 100, '=')],
    ['spaces behind a line', 'a=1'.padEnd(MEGABYTE - 100, ' ') + 'b'],
    ['brackets', '['.repeat(500_000)],
    ['empty objects', `{"a":[${'{},'.repeat(300_000)}{}]}`],
    ['names', () => `{${Array.from({ length: 80_000 }, (_, index) => `"n${index}":1`).join(',')}}`],
    [
      'lines',
      () => Array.from({ length: 30_000 }, (_, index) => `a v=1 ${1_700_000_000_000 + index}000000`).join('\n'),
    ],
    ['bad lines', () => `a v=1 1700000000000000000\n${'a v=\n'.repeat(190_000)}`],
  ])(
    'of %s lets others through, and is acknowledged',
    async (_what, make) => {
      const payload = typeof make === 'string' ? make : make();
      const client = await open('large', 5);
      const control = await waitsDuring(scene, () => sleep(300));
      const { longest } = await waitsDuring(scene, async () => {
        client.publish(1, 'large', payload);
        client.publish(2, 'small', '1');
        expect(await client.next()).toMatchObject({ cmd: 'puback', messageId: 1 });
        expect(await client.next()).toMatchObject({ cmd: 'puback', messageId: 2 });
      });
      expect(longest).toBeLessThan(1000 + 5 * control.longest);
      await client.cut();
    },
    60_000,
  );

  it('gives the same points as one that is parsed at once', async () => {
    const run = <T>(work: () => T) => Promise.resolve(work());
    const nowMillis = Date.parse('2026-01-15T10:00:00Z');
    const value = fc.jsonValue({ maxDepth: 3 });
    const point = fc.record({ values: fc.dictionary(fc.string({ minLength: 1 }), fc.double({ noNaN: true })) });
    const line = fc.integer({ min: 0, max: 99 }).map((v) => `m,t=${v} f=${v} 17000000000000000${v + 10}`);
    const payloads = fc.oneof(
      fc.array(point, { maxLength: 20 }).map((points) => JSON.stringify(points)),
      value.map((one) => JSON.stringify(one)),
      fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }).map((lines) => lines.join('\n')),
      fc.constantFrom('[1],"list":[2]', '[]}', ' {"a":9007199254740993}', '{"__proto__":1,"b":2}'),
    );
    await fc.assert(
      fc.asyncProperty(payloads, fc.constantFrom('a', 'telegraf/a', 'x/events/rpc'), async (text, topic) => {
        const message = { topic, payload: Buffer.from(text), nowMillis };
        expect(await mapLargeMessage(message, run)).toEqual(mapMessage(message));
      }),
    );
  });

  it('is stored before a message that follows it', async () => {
    const client = await open('order', 5);
    const points = Array.from({ length: 900 }, (_, index) => ({ values: { value: index, text: 'x'.repeat(300) } }));
    client.publish(1, 'order', JSON.stringify(points));
    client.publish(2, 'order', '-1');
    for (const messageId of [1, 2]) expect(await client.next()).toMatchObject({ messageId, reasonCode: 0 });
    const values = (await scene.valuesOf('order')).map(({ value }) => value);
    expect(values).toEqual([...Array.from({ length: 900 }, (_, index) => index), -1]);
    await client.cut();
  });
});

describe('messages of QoS 2 beyond the share of their key', () => {
  it('are refused by their reason, or not acknowledged, and other keys are not affected', async () => {
    const { lineId } = (await scene.app.get(KeyVerifier).verify(scene.key)) as CurrentApiKey;
    const { services } = scene.app.get<{ services: any }>(MqttServer);
    const share = MAX_UNRELEASED_OF_ALL / 8;
    services.sessions.shares.unreleased.add(lineId, share);
    const [old, recent] = [await open('old'), await open('recent', 5)];
    recent.publish(1, 'many', '1', { qos: 2 });
    expect(await recent.next()).toMatchObject({ cmd: 'pubrec', messageId: 1, reasonCode: 0x97 });
    old.publish(1, 'many', '1', { qos: 2 });
    await old.closed;
    expect(old.received).toEqual([]);
    recent.publish(2, 'many', '2', { qos: 1 });
    expect(await recent.next()).toMatchObject({ cmd: 'puback', messageId: 2, reasonCode: 0 });
    expect(await scene.valuesOf('many')).toEqual([{ value: 2 }]);
    await scene.renew();
    const other = await open('other');
    other.publish(1, 'few', '1', { qos: 2 });
    expect(await other.next()).toMatchObject({ cmd: 'pubrec', messageId: 1 });
    services.sessions.shares.unreleased.add(lineId, -share);
    await other.cut();
    await recent.cut();
  });
});

function lengthOf(value: number): number[] {
  const rest = Math.floor(value / 128);
  return rest > 0 ? [(value % 128) | 128, ...lengthOf(rest)] : [value];
}
