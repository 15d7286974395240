import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { IConnectPacket, IDisconnectPacket, Packet } from 'mqtt-packet';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { newId } from '../../common/ids';
import { callerOf } from '../../scheduling/caller';
import { publishHeadOf } from '../protocol/oversized';
import { excessOf } from '../protocol/packet-costs';
import { MalformedStream, PacketCutter, type CutPacket } from '../protocol/packet-cutter';
import { MalformedPacket, PacketReader } from '../protocol/packet-reader';
import { REASON, type Reason } from '../protocol/reason-codes';
import { Replies } from '../protocol/replies';
import { CHUNK_BYTES } from './arrived-bytes';
import { ConnectionTimes } from './connection-times';
import { ConnectedClient } from './connected-client';
import { admitClient, repliesFor, type ConnectionOrigin } from './handshake';
import { PacketMemory } from './packet-memory';
import { PacketTurns } from './packet-turns';
import type { Services } from './services';
import { SocketFlow } from './socket-flow';

/** The largest CONNECT packet. */
export const MAX_CONNECT_BYTES = 16_384;
/** A client has to read the last packet within this time. */
const LONGEST_END_MILLIS = 500;
/** The first byte of a CONNECT packet. */
const CONNECT = 0x10;
const LOGGER = new Logger('Mqtt');

/** Is notified of what happens to a connection, once each. */
export interface ConnectionEvents {
  /** Its key is accepted. */
  connected(): void;
  ended(): void;
}

/** One connection: reads packets, and answers them. */
export class MqttConnection implements ConnectionOrigin {
  readonly id = newId();
  private readonly cutter = new PacketCutter(MAX_CONNECT_BYTES);
  private readonly reader = new PacketReader();
  private readonly flow: SocketFlow;
  private readonly turns: PacketTurns;
  private readonly times = new ConnectionTimes();
  private replies = new Replies(4, false);
  private connected: ConnectedClient | undefined;
  private memory: PacketMemory | undefined;
  private isClosed = false;

  constructor(
    private readonly socket: Socket,
    { address, group }: Pick<ConnectionOrigin, 'address' | 'group'>,
    private readonly services: Services,
    private readonly events: ConnectionEvents,
  ) {
    this.address = address;
    this.group = group;
    this.flow = new SocketFlow(socket, () => this.read());
    this.turns = new PacketTurns(services.turns, this.flow, () => this.answerNext());
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => void this.endHalf());
    socket.on('close', () => this.finish(false));
  }

  readonly address: string;
  readonly group: string | undefined;

  /** The key that it uses; undefined before it is accepted. */
  get key(): CurrentApiKey | undefined {
    return this.connected?.key;
  }

  set key(key: CurrentApiKey | undefined) {
    if (this.connected && key) this.connected.key = key;
  }

  /** Ends the connection if its client is silent for too long, or stalls. */
  checkTime(now: number): void {
    const fault = this.times.fault(now, this.flow, this.connected?.keepAliveMillis);
    if (fault === 'stalled') this.socket.destroy();
    else if (fault === 'cut short') this.close(REASON.malformedPacket, 'A packet did not arrive completely');
    else if (fault === 'silent') this.close(REASON.keepAliveTimeout);
  }

  /** Says why, where the version of the protocol can, and ends the connection. Its will is stored. */
  close(reason: Reason, sentence?: string): void {
    if (this.isClosed) return;
    const last = this.connected ? this.replies.disconnected(reason, sentence) : undefined;
    this.end(last);
  }

  /** Ends the connection after the commits under way, without a will. */
  async stop(): Promise<void> {
    this.flow.pause('stopping');
    await this.connected?.messages.lastCommits();
    this.connected?.forgetWill();
    this.close(REASON.stopping, 'The server stops');
  }

  /** Ends the connection of a key that is no longer valid. It cannot store a will. */
  closeForKey(sentence: string): void {
    this.connected?.forgetWill();
    this.close(REASON.notAuthorized, sentence);
  }

  private take(chunk: Buffer): void {
    this.times.noteHeard();
    this.cutter.push(chunk);
    if (this.cutter.held > CHUNK_BYTES) this.flow.readInTurn();
    this.read();
  }

  private read(): void {
    const { cutter, memory } = this;
    if (this.isClosed) return;
    if (this.flow.isBlocked) return memory?.arrived(cutter.held);
    // Programs that speak something else need not wait for the rest of a packet that never comes.
    if (!this.connected && cutter.isWithin && cutter.firstByte !== CONNECT) return void this.socket.destroy();
    this.turns.answer(() => this.caller);
    memory?.arrived(cutter.held);
  }

  /** Answers the next packet that has arrived. @returns whether there was one, and the connection goes on */
  private answerNext(): boolean {
    if (this.isClosed || this.flow.isBlocked) return false;
    try {
      const packet = this.cutter.next();
      this.times.notePacket(!packet && this.cutter.isWithin);
      if (packet) {
        this.answer(packet);
        this.memory?.packetTaken();
      } else this.memory?.reserve(this.cutter.arriving);
      this.memory?.arrived(this.cutter.held);
      return packet !== undefined;
    } catch (cause) {
      this.refuse(cause as Error);
      return false;
    }
  }

  private answer(cut: CutPacket): void {
    if (!this.connected) {
      const packet = cut.isWhole ? this.reader.read(cut.bytes) : undefined;
      if (packet?.cmd === 'connect') void this.connect(packet);
      else this.socket.destroy();
      return;
    }
    if (!cut.isWhole) {
      const head = publishHeadOf(cut.bytes);
      if (head) this.connected.messages.publishTooLarge(head, cut.length);
      else this.close(REASON.packetTooLarge);
      return;
    }
    const excess = excessOf(cut.bytes, this.replies.isV5);
    if (excess) this.close(excess.reason, excess.sentence);
    else this.answerPacket(this.connected, this.reader.read(cut.bytes), cut.length);
  }

  private answerPacket({ messages }: ConnectedClient, packet: Packet, length: number): void {
    const { flow, replies } = this;
    const { cmd, messageId = 0 } = packet;
    if (cmd === 'publish') {
      if (packet.properties?.topicAlias !== undefined)
        this.close(REASON.topicAliasInvalid, 'Topic aliases are not supported');
      else if (packet.qos > 0 && messageId === 0) this.close(REASON.protocolError, 'A message id is 0');
      else messages.publish(packet, length);
    } else if (cmd === 'pubrel') messages.release(messageId);
    else if (cmd === 'pingreq') flow.write(replies.pong());
    else if (cmd === 'subscribe') flow.write(replies.subscribed(messageId, packet.subscriptions.length));
    else if (cmd === 'unsubscribe') flow.write(replies.unsubscribed(messageId, packet.unsubscriptions.length));
    else if (cmd === 'disconnect') this.disconnect(packet);
    else if (cmd === 'connect' || cmd === 'auth') this.close(REASON.protocolError, `Unexpected ${cmd} packet`);
    // What is left acknowledges messages to the client, and the server sends none.
  }

  private async connect(packet: IConnectPacket): Promise<void> {
    this.replies = repliesFor(packet);
    this.flow.pause('connecting');
    try {
      await this.admit(packet);
    } catch {
      this.end(this.replies.refused(REASON.serverUnavailable, 'The API key cannot be checked for now'));
    } finally {
      this.flow.resume('connecting');
    }
  }

  private async admit(packet: IConnectPacket): Promise<void> {
    const admitted = await admitClient(this.services, packet, this);
    if ('reason' in admitted) return this.end(this.replies.refused(admitted.reason, admitted.sentence));
    if (this.isClosed) return admitted.release();
    this.cutter.limitBytes = this.services.packetBytes;
    const { id, flow, replies } = this;
    const fail = (reason: Reason, sentence: string) => this.close(reason, sentence);
    const client = new ConnectedClient(this.services, admitted, { id, flow, replies, fail });
    this.connected = client;
    this.memory = new PacketMemory(this.services, flow, callerOf(client.key));
    this.services.counts.connections += 1;
    this.events.connected();
    flow.write(replies.connected(client.isResumed, admitted.assignedId));
  }

  private disconnect({ reasonCode = 0, properties }: IDisconnectPacket): void {
    this.connected?.disconnects(reasonCode, properties?.sessionExpiryInterval);
    this.finish(true);
    this.end(undefined);
  }

  /** The client sends nothing more, and may still read its acknowledgements. Thousands of clients can end at once. */
  private async endHalf(): Promise<void> {
    await this.connected?.messages.lastCommits();
    await this.services.turns.run(this.caller, () => this.end(undefined));
  }

  /** Whose turn it takes. */
  private get caller(): string {
    return this.key?.lineId ?? this.address;
  }

  private refuse(cause: Error): void {
    if (!(cause instanceof MalformedPacket || cause instanceof MalformedStream)) {
      // A fault of the server must not end the other connections.
      LOGGER.error('A packet could not be answered', cause.stack);
      return this.close(REASON.implementationSpecific);
    }
    const isVersion = !this.connected && /version|protocolId/i.test(cause.message);
    if (isVersion) this.end(this.replies.refused(REASON.versionUnsupported, cause.message));
    else if (!this.connected) this.socket.destroy();
    else this.close(REASON.malformedPacket, cause.message);
  }

  private end(last: Buffer | undefined): void {
    this.finish(false);
    this.flow.end(last);
    setTimeout(() => this.socket.destroy(), LONGEST_END_MILLIS).unref();
  }

  private finish(isClean: boolean): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.memory?.release();
    // The socket may take half a second to close. The memory of an incomplete message is given to other clients before that.
    this.cutter.clear();
    if (this.connected) this.services.counts.connections -= 1;
    this.connected?.leave(isClean);
    this.events.ended();
  }
}
