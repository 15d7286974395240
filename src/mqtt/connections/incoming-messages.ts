import type { IPublishPacket } from 'mqtt-packet';
import { callerOf } from '../../scheduling/caller';
import { MAX_PAYLOAD_AT_ONCE } from '../mapping/large-payloads';
import { mapLargeMessage, mapMessage } from '../mapping/map-message';
import type { ArrivedMessage, MappedMessage } from '../mapping/mapped-message';
import type { PublishHead } from '../protocol/oversized';
import { REASON, type Reason } from '../protocol/reason-codes';
import { RECEIVE_MAXIMUM, type Replies } from '../protocol/replies';
import type { Sender } from '../storing/message-store';
import { refusedFor, REPEATED, type Verdict } from '../storing/verdict';
import { AckQueue } from './ack-queue';
import type { Services } from './services';
import type { Session } from './session';
import type { SocketFlow } from './socket-flow';

/** Bytes of the messages of one connection that wait for their commit. */
export const MAX_UNANSWERED_BYTES = 262_144;
/** A message waits this long for the rate limit of its key. */
const LONGEST_WAIT_MILLIS = 60_000;
const LONGEST_LAST_COMMITS_MILLIS = 5000;
const FIRST_ERROR = 0x80;
const TOO_MANY_UNRELEASED = refusedFor(
  REASON.quotaExceeded,
  'Too many messages of QoS 2 of this API key are not released',
  true,
);

/** A connection, as its messages need it. */
export interface Recipient extends Sender {
  readonly id: string;
  readonly session: Session;
  readonly replies: Replies;
  readonly flow: SocketFlow;
  /** Whether the connection has ended. */
  readonly isOver: boolean;
  /** Ends the connection, so that the client sends again what is not acknowledged. */
  fail(reason: Reason, sentence: string): void;
}

/** Stores the messages of one connection, and acknowledges them in their order. */
export class IncomingMessages {
  private readonly acks: AckQueue;
  private unansweredBytes = 0;
  private emptied: (() => void) | undefined;

  constructor(
    private readonly services: Services,
    private readonly to: Recipient,
  ) {
    this.acks = new AckQueue((bytes) => to.flow.write(bytes));
  }

  /** Resolves when all messages are answered, or after five seconds: the client sends no more, or the server stops. */
  async lastCommits(): Promise<void> {
    if (this.acks.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_LAST_COMMITS_MILLIS).unref()));
    await Promise.race([new Promise<void>((resolve) => (this.emptied = resolve)), late]);
    clearTimeout(timer);
  }

  /** Takes a message as soon as the limits of its key admit it. */
  publish(packet: IPublishPacket, bytes: number): void {
    const { key, client, flow } = this.to;
    const wait = this.services.admission.message(key, client);
    if (wait === 0) {
      this.accept(packet, bytes, undefined);
      flow.resume('limit');
      return;
    }
    flow.pause('limit');
    void Promise.resolve(wait).then(
      (millis) => this.later(packet, bytes, millis),
      () => this.to.fail(REASON.serverBusy, 'The limits of the API key cannot be read'),
    );
  }

  /** Answers a message that is larger than the limit. It is not stored. */
  publishTooLarge({ qos, messageId, topic }: PublishHead, length: number): void {
    const sentence = `The message has ${length} bytes, and may have ${this.services.packetBytes}`;
    const packet = { cmd: 'publish', qos, topic, payload: '', dup: false, retain: false } as const;
    const verdict: Verdict = { result: 'too_large', reason: REASON.implementationSpecific, sentence };
    this.services.store.countTooLarge();
    this.accept({ ...packet, ...(messageId !== undefined && { messageId }) }, 0, verdict);
  }

  release(messageId: number): void {
    const { session, replies, flow } = this.to;
    session.unreleased.delete(messageId);
    flow.write(replies.acknowledged('pubcomp', messageId, REASON.success));
  }

  private later(packet: IPublishPacket, bytes: number, millis: number): void {
    const { key, flow } = this.to;
    if (millis > LONGEST_WAIT_MILLIS) {
      this.services.admission.refused(key);
      this.accept(packet, bytes, refusedFor(REASON.quotaExceeded, 'The limit of the API key is used up', true));
    } else if (millis === 0) this.accept(packet, bytes, undefined);
    else {
      const retry = () => {
        // The key may have ended with the connection.
        if (!this.to.isOver) this.publish(packet, bytes);
      };
      setTimeout(retry, millis).unref();
      return;
    }
    flow.resume('limit');
  }

  /** @param decided what becomes of the message, if that is known */
  private accept(packet: IPublishPacket, bytes: number, decided: Verdict | undefined): void {
    const { services, to } = this;
    const { session } = to;
    const { qos, messageId = 0 } = packet;
    const excess = qos === 2 ? session.unreleased.excessOf(messageId) : undefined;
    if (excess === 'client')
      return to.fail(REASON.receiveMaximumExceeded, 'Too many messages of QoS 2 are not released');
    const answer = this.acks.add();
    const room = services.rooms.for(bytes);
    const caller = callerOf(to.key);
    room.take(caller, bytes);
    this.unansweredBytes += bytes;
    if (this.acks.size >= RECEIVE_MAXIMUM || this.unansweredBytes > MAX_UNANSWERED_BYTES) to.flow.pause('unanswered');
    const settled = (ack: Buffer | undefined) => {
      answer(ack);
      room.release(caller, bytes);
      this.unansweredBytes -= bytes;
      if (this.acks.size <= RECEIVE_MAXIMUM / 2 && this.unansweredBytes <= MAX_UNANSWERED_BYTES)
        to.flow.resume('unanswered');
      if (this.acks.size === 0) this.emptied?.();
    };
    const known = excess ? TOO_MANY_UNRELEASED : decided;
    const verdict = known ? Promise.resolve(this.noted(packet, known)) : this.verdictOn(packet);
    if (qos === 2 && !excess) session.unreleased.set(messageId, verdict);
    verdict.then(
      (done) => settled(this.ackOf(packet, done)),
      (cause: unknown) => {
        services.outages.background('MQTT messages could not be stored', cause);
        if (qos === 2) session.unreleased.delete(messageId);
        to.fail(REASON.serverBusy, 'The message could not be stored for now');
        settled(undefined);
      },
    );
  }

  /** Stores a message, unless it came before. */
  private verdictOn(packet: IPublishPacket): Promise<Verdict> {
    const { received, retained } = this.services;
    const { session, id, key } = this.to;
    const { qos, messageId = 0, retain, topic, payload } = packet;
    const before =
      (qos === 2 && session.unreleased.get(messageId)) ||
      (qos > 0 && received.find(session, id, packet)) ||
      (retain && retained.find(key, id, packet));
    if (before) return before.then((done) => (done.result === 'stored' ? this.noted(packet, REPEATED) : done));
    const verdict = this.stored({ topic, payload: payload as Buffer, nowMillis: Date.now() });
    if (qos > 0) received.add(session, id, packet, verdict);
    if (retain) retained.add(key, id, packet, verdict);
    return verdict.then((done) => this.noted(packet, done));
  }

  private stored(message: ArrivedMessage): Promise<Verdict> {
    const { store } = this.services;
    const { nowMillis, payload } = message;
    if (payload.length <= MAX_PAYLOAD_AT_ONCE) return store.store(this.to, mapMessage(message), nowMillis);
    return this.mapped(message).then((mapped) => store.store(this.to, mapped, nowMillis));
  }

  /** Maps a large message in turns with others. Later messages of this connection wait, so that they keep their order. */
  private async mapped(message: ArrivedMessage): Promise<MappedMessage> {
    const { flow, key } = this.to;
    flow.pause('mapping');
    try {
      return await mapLargeMessage(message, (work) => this.services.turns.run(key.lineId, work));
    } finally {
      // What follows is stored after this message.
      setImmediate(() => flow.resume('mapping'));
    }
  }

  /** Counts and logs what became of a message. */
  private noted({ topic }: Pick<IPublishPacket, 'topic'>, verdict: Verdict): Verdict {
    const { key, client } = this.to;
    const { result, sentence } = verdict;
    this.services.counts.add(result);
    if (sentence !== undefined) this.services.log.add({ keyId: key.id, client: client.userAgent, topic, sentence });
    return verdict;
  }

  private ackOf({ qos, messageId = 0 }: IPublishPacket, verdict: Verdict): Buffer | undefined {
    const { replies, session } = this.to;
    const { reason, sentence = '', isTemporary } = verdict;
    if (isTemporary && !replies.isV5) {
      this.to.fail(reason, sentence);
      return undefined;
    }
    if (qos === 0) return undefined;
    // The client of MQTT 5 does not release a message that was refused.
    if (qos === 2 && replies.isV5 && reason >= FIRST_ERROR) session.unreleased.delete(messageId);
    return replies.acknowledged(qos === 1 ? 'puback' : 'pubrec', messageId, reason, sentence);
  }
}
