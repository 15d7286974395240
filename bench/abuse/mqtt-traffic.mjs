// What an attacker sends over MQTT, by plain sockets.
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'mqtt-packet';
import { Outcomes } from './traffic.mjs';

const LOOPBACK = '127.0.0.1';
const OPENED_AT_ONCE = 50;

/** Connects so many clients. */
async function connected({ mqttPort, writeKey }, connections) {
  const sockets = [];
  for (let index = 0; index < connections; index += OPENED_AT_ONCE)
    sockets.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(OPENED_AT_ONCE, connections - index) }, (_, at) =>
          openClient(mqttPort, writeKey, `attacker ${index + at}`),
        ),
      )),
    );
  return sockets;
}

function openClient(port, key, clientId) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: LOOPBACK }).on('error', () => {});
    const packet = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, keepalive: 0, clientId, clean: true };
    socket.write(generate({ ...packet, username: 'any', password: Buffer.from(key) }));
    socket.once('data', (chunk) => (chunk[3] === 0 ? resolve(socket) : reject(new Error(`CONNACK ${chunk[3]}`))));
  });
}

/**
 * Writes these bytes again and again on so many connections, as fast as they are taken, for so many milliseconds.
 *
 * @param reads whether the answers are read
 */
export async function flood(target, bytes, { connections, millis, reads = true }) {
  const outcomes = new Outcomes();
  const sockets = await connected(target, connections);
  const end = Date.now() + millis;
  let answered = 0;
  for (const socket of sockets) {
    if (reads) socket.on('data', ({ length }) => (answered += length));
    else socket.pause();
    socket.on('close', () => outcomes.add('closed'));
    const write = () => {
      if (!socket.writable || Date.now() >= end) return;
      if (socket.write(bytes)) setImmediate(write);
    };
    socket.on('drain', write);
    write();
  }
  await sleep(millis);
  outcomes.add('bytes answered', answered);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return outcomes;
}

/** Connects, sends these bytes and waits for the end of the connection, again and again. */
export async function sendUntilClosed(target, bytes, { connections, millis }) {
  const outcomes = new Outcomes();
  const end = Date.now() + millis;
  const work = async (number) => {
    while (Date.now() < end) {
      const socket = await openClient(target.mqttPort, target.writeKey, `attacker ${number}`);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume().end(bytes);
      await closed;
      outcomes.add('closed');
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => work(number)));
  return outcomes;
}

/** Sends a part of a packet on so many connections, and no more. */
export async function halfPackets(target, bytes, { connections, millis }) {
  const outcomes = new Outcomes();
  const sockets = await connected(target, connections);
  for (const socket of sockets) socket.on('close', () => outcomes.add('closed')).write(bytes);
  await sleep(millis);
  outcomes.add('still open', sockets.filter((socket) => !socket.destroyed).length);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return outcomes;
}

/** A PUBLISH packet of QoS 1. */
export function publication(topic, payload) {
  return generate({ cmd: 'publish', qos: 1, messageId: 1, topic, payload, dup: false, retain: false });
}

/** A SUBSCRIBE packet. */
export function subscription(topics) {
  const body = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(4 * topics, Buffer.from([0, 1, 0x61, 0]))]);
  return Buffer.concat([Buffer.from([0x82]), Buffer.from(lengthOf(body.length)), body]);
}

function lengthOf(value) {
  const rest = Math.floor(value / 128);
  return rest > 0 ? [(value % 128) | 128, ...lengthOf(rest)] : [value];
}
