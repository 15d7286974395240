import { FairLruMap } from '../../common/fair-lru-map';
import { LineShares } from './line-shares';
import { Session, sessionName, type SessionHolder } from './session';
import { MAX_UNRELEASED_OF_ALL } from './unreleased-messages';

/** Sessions that are kept without a connection. */
export const MAX_KEPT_SESSIONS = 10_000;
/** Bytes of wills that wait for their delay. */
export const MAX_WAITING_WILL_BYTES = 16_777_216;

/** The sessions of all clients. */
export class Sessions {
  /** Those that have a connection. */
  private readonly used = new Map<string, Session>();
  private readonly kept = new FairLruMap<Session>(MAX_KEPT_SESSIONS, (session) => session.end());
  private readonly shares = {
    unreleased: new LineShares(MAX_UNRELEASED_OF_ALL),
    wills: new LineShares(MAX_WAITING_WILL_BYTES),
  };
  private runs = 0;

  /**
   * Gives the session of a client id to a connection, and ends the connection that has it.
   *
   * @param isFresh whether the client begins from nothing
   */
  open(
    { lineId, clientId, isFresh }: { readonly lineId: string; readonly clientId: string; readonly isFresh: boolean },
    holder: SessionHolder,
  ): { readonly session: Session; readonly isResumed: boolean } {
    const name = sessionName(lineId, clientId);
    const session = this.used.get(name) ?? this.kept.get(name) ?? this.create(name, lineId);
    // The connection closes the session, so that it is kept for a moment.
    session.holder?.takenOver();
    this.kept.delete(name);
    this.used.set(name, session);
    session.holder = holder;
    session.cancelWill();
    const isResumed = !isFresh && performance.now() < session.keptUntil;
    // A client that begins from nothing may still send again what it keeps in memory: only its unreleased messages are forgotten.
    if (!isResumed) session.unreleased.clear();
    return { session, isResumed };
  }

  /**
   * @param isOver whether the client has said goodbye: what it sends next is new
   * @param keptMillis how long it is kept for a client that wants to resume it
   */
  close(
    session: Session,
    holder: SessionHolder,
    { isOver, keptMillis }: { readonly isOver: boolean; readonly keptMillis: number },
  ): void {
    if (session.holder !== holder) return;
    session.holder = undefined;
    session.keptUntil = performance.now() + keptMillis;
    if (isOver) session.run = ++this.runs;
    if (keptMillis === 0) session.unreleased.clear();
    this.used.delete(session.name);
    this.kept.set(session.lineId, session.name, session);
  }

  /** Cancels all wills that wait. */
  stop(): void {
    for (const session of this.kept.values()) session.cancelWill();
  }

  private create(name: string, lineId: string): Session {
    const session = new Session(name, lineId, this.shares);
    session.run = ++this.runs;
    return session;
  }
}
