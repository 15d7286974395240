import { connect, type Socket } from 'node:net';
import { generate, parser, type IConnectPacket, type IPublishPacket, type Packet } from 'mqtt-packet';
import { until } from './until';

type Sent = Packet | Buffer;

/** A client that sends exactly the packets it is given, in this version of the protocol. */
export class RawClient {
  readonly received: Packet[] = [];
  readonly closed: Promise<void>;
  isClosed = false;
  private readonly parser;
  private wake: () => void = () => undefined;

  private constructor(
    readonly socket: Socket,
    private readonly version: 3 | 4 | 5,
  ) {
    this.parser = parser({ protocolVersion: version });
    this.parser.on('packet', (packet) => {
      this.received.push(packet);
      this.wake();
    });
    this.parser.on('error', () => undefined);
    socket.on('data', (chunk) => this.parser.parse(chunk));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      socket.on('close', () => {
        this.isClosed = true;
        this.wake();
        resolve();
      }),
    );
  }

  static async open(port: number, version: 3 | 4 | 5 = 4): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const client = new RawClient(socket, version);
    socket.on('end', () => socket.end());
    return client;
  }

  /** Connects, and returns the CONNACK. */
  async connect(key: string, more: Partial<IConnectPacket> = {}): Promise<any> {
    this.send(this.connectPacket(key, more));
    return this.next();
  }

  connectPacket(key: string, more: Partial<IConnectPacket> = {}): IConnectPacket {
    return {
      ...{ cmd: 'connect', clientId: 'raw', keepalive: 0, clean: true, username: 'any', password: Buffer.from(key) },
      ...(this.version === 3
        ? { protocolId: 'MQIsdp', protocolVersion: 3 }
        : { protocolId: 'MQTT', protocolVersion: this.version }),
      ...more,
    };
  }

  send(...packets: Sent[]): void {
    const bytes = packets.map((one) => (Buffer.isBuffer(one) ? one : this.bytesOf(one)));
    this.socket.write(Buffer.concat(bytes));
  }

  bytesOf(packet: Packet): Buffer {
    return generate(packet, { protocolVersion: this.version });
  }

  publish(messageId: number, topic: string, payload: string | Buffer, more: Partial<IPublishPacket> = {}): void {
    this.send({ cmd: 'publish', qos: 1, messageId, topic, payload, dup: false, retain: false, ...more });
  }

  /** The next packet, or undefined when the connection is closed. */
  async next(): Promise<any> {
    for (;;) {
      const packet = this.received.shift();
      if (packet || this.isClosed) return packet;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Breaks the connection without a word. */
  cut(): Promise<void> {
    this.socket.destroy();
    return this.closed;
  }
}

/** A connected client that sends bytes and counts what it is answered, which `RawClient` would parse. */
export async function openPlain(
  { mqttPort, key }: { readonly mqttPort: number; readonly key: string },
  clientId: string,
) {
  const packet = { cmd: 'connect', clientId, protocolId: 'MQTT', protocolVersion: 4, username: 'any' } as const;
  const socket = connect({ port: mqttPort, host: '127.0.0.1' });
  const client = { socket, received: 0, isClosed: false };
  socket.on('data', ({ length }) => (client.received += length)).on('error', () => undefined);
  socket.on('close', () => (client.isClosed = true));
  socket.write(generate({ ...packet, clean: true, keepalive: 0, password: Buffer.from(key) }));
  await until('it is connected', () => client.received === 4);
  client.received = 0;
  return client;
}
