import { hashOf } from '../../sources/series-rows';
import type { Verdict } from '../storing/verdict';

const LONGEST_SHOWN_ID = 64;

/** What outlives a connection of a client. */
export interface SessionHolder {
  /** Another connection has taken the session over. */
  takenOver(): void;
}

/** The session of a client id, for one rotation line of keys. */
export class Session {
  /** Changes when the client disconnects properly: what it sends then is new, unless it is marked as sent again. */
  run = 0;
  /** The connection that has it now. */
  holder: SessionHolder | undefined;
  /** Messages of QoS 2 that wait for PUBREL, with the result of each. */
  readonly unreleased = new Map<number, Promise<Verdict>>();
  /** Until when it is kept for a client that wants to resume it, by `performance.now()`. */
  keptUntil = 0;
  private will: NodeJS.Timeout | undefined;

  constructor(readonly name: string) {}

  /** Sends the will later, unless the client comes back before. */
  sendWillLater(send: () => void, delayMillis: number): void {
    this.cancelWill();
    this.will = setTimeout(() => {
      this.will = undefined;
      send();
    }, delayMillis).unref();
  }

  cancelWill(): void {
    clearTimeout(this.will);
    this.will = undefined;
  }

  get isUsed(): boolean {
    return this.holder !== undefined || this.will !== undefined;
  }
}

/** Long client ids are hashed, so that sessions are small. */
export function sessionName(lineId: string, clientId: string): string {
  return `${lineId} ${clientId.length > LONGEST_SHOWN_ID ? hashOf(clientId) : clientId}`;
}
