import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { mapMessage } from '../mapping/map-message';
import { REASON, type Reason } from '../protocol/reason-codes';
import type { Replies } from '../protocol/replies';
import type { AdmittedClient, Will } from './handshake';
import { IncomingMessages, type Recipient } from './incoming-messages';
import type { Services } from './services';
import type { Session, SessionHolder } from './session';
import type { SocketFlow } from './socket-flow';

/** The client ends its session properly, and wants its will to be sent (MQTT 5, §3.14.2.1). */
const DISCONNECT_WITH_WILL = 4;
/** A will waits at most this long, and a session is kept at most this long. */
const LONGEST_KEPT_MILLIS = 86_400_000;

/** What a client needs of its connection. */
export interface Line {
  readonly id: string;
  readonly flow: SocketFlow;
  readonly replies: Replies;
  fail(reason: Reason, sentence: string): void;
}

/** A client whose key was accepted. */
export class ConnectedClient implements Recipient, SessionHolder {
  key: CurrentApiKey;
  readonly client: AdmittedClient['client'];
  readonly keepAliveMillis: number;
  readonly session: Session;
  readonly isResumed: boolean;
  readonly messages: IncomingMessages;
  readonly id: string;
  readonly flow: SocketFlow;
  readonly replies: Replies;
  isOver = false;
  private will: Will | undefined;
  private keptMillis: number;
  private readonly release: () => void;

  constructor(
    private readonly services: Services,
    admitted: AdmittedClient,
    private readonly line: Line,
  ) {
    const { key, client, keepAliveMillis, clientId, isFresh, keptMillis, will, release } = admitted;
    this.key = key;
    this.client = client;
    this.keepAliveMillis = keepAliveMillis;
    this.keptMillis = keptMillis;
    this.will = will;
    this.release = release;
    this.id = line.id;
    this.flow = line.flow;
    this.replies = line.replies;
    const opened = services.sessions.open({ lineId: key.lineId, clientId, isFresh }, this);
    this.session = opened.session;
    this.isResumed = opened.isResumed;
    this.messages = new IncomingMessages(services, this);
  }

  fail(reason: Reason, sentence: string): void {
    this.line.fail(reason, sentence);
  }

  takenOver(): void {
    this.line.fail(REASON.takenOver, 'Another connection uses the same client id');
  }

  forgetWill(): void {
    this.will = undefined;
  }

  /** The client has sent DISCONNECT. */
  disconnects(reasonCode: number, expirySeconds: number | undefined): void {
    if (reasonCode !== DISCONNECT_WITH_WILL) this.will = undefined;
    if (expirySeconds !== undefined) this.keptMillis = expirySeconds * 1000;
  }

  /** The connection is over. */
  leave(isClean: boolean): void {
    const { session, will } = this;
    this.isOver = true;
    this.release();
    const isOwn = session.holder === this;
    const keptMillis = Math.min(this.keptMillis, LONGEST_KEPT_MILLIS);
    this.services.sessions.close(session, this, { isOver: isClean, keptMillis });
    this.will = undefined;
    if (!will) return;
    const delayMillis = Math.min(will.delayMillis, keptMillis);
    // The client that has taken the session over is there, so a delayed will is not sent.
    if (delayMillis === 0) this.store(will);
    else if (isOwn) session.sendWillLater(() => this.store(will), { delayMillis, bytes: will.payload.length });
  }

  private store({ topic, payload }: Will): void {
    const nowMillis = Date.now();
    const { store, counts, log } = this.services;
    store.store(this, mapMessage({ topic, payload, nowMillis }), nowMillis).then(
      ({ result, sentence }) => {
        counts.add(result);
        if (sentence !== undefined) log.add({ keyId: this.key.id, client: this.client.userAgent, topic, sentence });
      },
      (cause: unknown) => {
        counts.add('refused');
        this.services.outages.background('The will of an MQTT client could not be stored', cause);
      },
    );
  }
}
