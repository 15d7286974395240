// The process of the MQTT clients, apart from the server that is measured. It writes packets by hand, so that it takes little of the processor.
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { generate } from 'mqtt-packet';
import { answerWith } from '../support/ask.mjs';

const LOOPBACK = '127.0.0.1';
const ACK_BYTES = 4;
const LAST_ID = 65_535;

const clients = [];
let acknowledged = 0;
let isSending = false;

answerWith(({ open, subscribe, seconds, close }) => {
  if (open) return openAll(open);
  if (subscribe) return stayAway(subscribe);
  if (close) return closeAll();
  return measure(seconds);
});

/** Connects clients of MQTT 3.1.1. Each keeps `inflight` messages of QoS 1 on their way. */
async function openAll({ port, key, count, inflight }) {
  for (let index = 0; index < count; index++) clients.push(await openOne({ port, key, index, inflight }));
}

async function openOne({ port, key, index, inflight }) {
  const socket = await connected({ port, key, clientId: `bench-${index}`, clean: true });
  const client = { socket, inflight, id: 0, topic: `bench/${index}/climate`, pending: 0, rest: 0 };
  socket.on('data', (chunk) => {
    // Nothing but acknowledgements arrives.
    const bytes = client.rest + chunk.length;
    const count = Math.floor(bytes / ACK_BYTES);
    client.rest = bytes % ACK_BYTES;
    acknowledged += count;
    client.pending -= count;
    if (isSending) fill(client);
  });
  return client;
}

/** A subscriber with a session that disconnects: the broker has to keep what it subscribes to. */
async function stayAway({ port }) {
  const socket = await connected({ port, key: 'any', clientId: 'away', clean: false });
  const subscriptions = [{ topic: 'bench/#', qos: 1 }];
  socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.end(generate({ cmd: 'disconnect' }));
  await new Promise((resolve) => socket.once('close', resolve));
}

function connected({ port, key, clientId, clean }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: LOOPBACK, noDelay: true }).on('error', reject);
    const packet = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, keepalive: 0, clientId, clean };
    socket.write(generate({ ...packet, username: 'any', password: Buffer.from(key) }));
    socket.once('data', (chunk) => (chunk[3] === 0 ? resolve(socket) : reject(new Error(`CONNACK ${chunk[3]}`))));
  });
}

async function measure(seconds) {
  acknowledged = 0;
  isSending = true;
  const start = performance.now();
  for (const client of clients) fill(client);
  await new Promise((resolve) => globalThis.setTimeout(resolve, seconds * 1000));
  isSending = false;
  const result = { answered: acknowledged, seconds: (performance.now() - start) / 1000 };
  while (clients.some(({ pending }) => pending > 0)) await new Promise((resolve) => globalThis.setTimeout(resolve, 10));
  return result;
}

function fill(client) {
  const packets = [];
  while (client.pending < client.inflight) {
    client.pending += 1;
    client.id = (client.id % LAST_ID) + 1;
    packets.push(publish(client.topic, client.id));
  }
  if (packets.length > 0) client.socket.write(packets.length === 1 ? packets[0] : Buffer.concat(packets));
}

function publish(topic, id) {
  const payload = `{"temperature":${20 + (id % 100) / 10},"humidity":${40 + (id % 20)}}`;
  const bytes = Buffer.allocUnsafe(6 + topic.length + payload.length);
  bytes[0] = 0x32;
  bytes[1] = bytes.length - 2;
  bytes.writeUInt16BE(topic.length, 2);
  bytes.write(topic, 4, 'latin1');
  bytes.writeUInt16BE(id, 4 + topic.length);
  bytes.write(payload, 6 + topic.length, 'latin1');
  return bytes;
}

async function closeAll() {
  for (const { socket } of clients.splice(0)) socket.destroy();
}
