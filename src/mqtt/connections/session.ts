import { hashOf } from '../../sources/series-rows';
import type { LineShares } from './line-shares';
import { UnreleasedMessages } from './unreleased-messages';

const LONGEST_SHOWN_ID = 64;

/** What outlives a connection of a client. */
export interface SessionHolder {
  /** Another connection has taken the session over. */
  takenOver(): void;
}

/** A will that waits for its delay. */
interface WaitingWill {
  readonly timer: NodeJS.Timeout;
  readonly bytes: number;
  readonly send: () => void;
}

/** What the sessions of a rotation line have in common. */
export interface SessionShares {
  readonly unreleased: LineShares;
  /** The bytes of wills that wait. */
  readonly wills: LineShares;
}

/** The session of a client id, for one rotation line of keys. */
export class Session {
  /** Changes when the client disconnects properly: what it sends then is new, unless it is marked as sent again. */
  run = 0;
  /** The connection that has it now. */
  holder: SessionHolder | undefined;
  readonly unreleased: UnreleasedMessages;
  /** Until when it is kept for a client that wants to resume it, by `performance.now()`. */
  keptUntil = 0;
  private will: WaitingWill | undefined;

  constructor(
    readonly name: string,
    readonly lineId: string,
    private readonly shares: SessionShares,
  ) {
    this.unreleased = new UnreleasedMessages(shares.unreleased, lineId);
  }

  /** Sends the will later, unless the client comes back before; at once if its key has too many that wait. */
  sendWillLater(
    send: () => void,
    { delayMillis, bytes }: { readonly delayMillis: number; readonly bytes: number },
  ): void {
    this.cancelWill();
    if (!this.shares.wills.hasRoom(this.lineId, bytes)) return send();
    this.shares.wills.add(this.lineId, bytes);
    this.will = { timer: setTimeout(() => this.sendWill(), delayMillis).unref(), bytes, send };
  }

  cancelWill(): void {
    const { will } = this;
    if (!will) return;
    this.will = undefined;
    clearTimeout(will.timer);
    this.shares.wills.add(this.lineId, -will.bytes);
  }

  /** The session is not kept any longer: its will is sent (MQTT 5, §3.1.3.2.2). */
  end(): void {
    this.unreleased.clear();
    this.sendWill();
  }

  private sendWill(): void {
    const { will } = this;
    this.cancelWill();
    will?.send();
  }
}

/** Long client ids are hashed, so that sessions are small. */
export function sessionName(lineId: string, clientId: string): string {
  return `${lineId} ${clientId.length > LONGEST_SHOWN_ID ? hashOf(clientId) : clientId}`;
}
