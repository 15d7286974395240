import { createHash } from 'node:crypto';
import type { IPublishPacket } from 'mqtt-packet';
import { FairLruMap } from '../../common/fair-lru-map';
import type { Verdict } from '../storing/verdict';
import type { Session } from './session';

/** Messages of QoS 1 and 2 that are remembered, of all clients. */
export const MAX_REMEMBERED_MESSAGES = 200_000;
/** A client that does not mark what it sends again sends it again within this time. */
export const UNMARKED_MILLIS = 180_000;
const HASH_CHARACTERS = 22;

interface Received {
  /** The session that it belongs to, as it was then. */
  readonly sessionRun: number;
  readonly connectionId: string;
  readonly verdict: Promise<Verdict>;
  /** When it was acknowledged; undefined before. */
  acknowledgedAt: number | undefined;
}

/** Recognizes a message that a client sends again, because its acknowledgement did not arrive. */
export class ReceivedMessages {
  private readonly received = new FairLruMap<Received>(MAX_REMEMBERED_MESSAGES);

  /** What became of the message when it came before; undefined for a new one. */
  find(session: Session, connectionId: string, packet: IPublishPacket): Promise<Verdict> | undefined {
    const received = this.received.get(nameOf(session, packet));
    if (!received) return undefined;
    const { acknowledgedAt, verdict } = received;
    if (packet.dup) return verdict;
    if (received.sessionRun !== session.run) return undefined;
    if (acknowledgedAt === undefined) return verdict;
    // Its id is free again on the connection that got the acknowledgement.
    if (received.connectionId === connectionId) return undefined;
    return performance.now() - acknowledgedAt < UNMARKED_MILLIS ? verdict : undefined;
  }

  /** Remembers a message. It is forgotten if it cannot be stored for now. */
  add(session: Session, connectionId: string, packet: IPublishPacket, verdict: Promise<Verdict>): void {
    const name = nameOf(session, packet);
    const received: Received = { sessionRun: session.run, connectionId, verdict, acknowledgedAt: undefined };
    this.received.set(session.lineId, name, received);
    const forget = () => {
      if (this.received.get(name) === received) this.received.delete(name);
    };
    verdict.then(({ isTemporary = false }) => {
      if (isTemporary) forget();
      else received.acknowledgedAt = performance.now();
    }, forget);
  }
}

function nameOf({ name }: Session, { messageId, topic, payload }: IPublishPacket): string {
  return createHash('sha256')
    .update(`${name}\n${messageId}\n${topic.length}\n${topic}\n`)
    .update(payload)
    .digest('base64url')
    .slice(0, HASH_CHARACTERS);
}
