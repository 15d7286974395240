import { Session, sessionName, type SessionHolder } from './session';

/** Sessions that are kept without a connection. */
export const MAX_KEPT_SESSIONS = 10_000;

/** The sessions of all clients. */
export class Sessions {
  /** The one that was used longest ago comes first. */
  private readonly byName = new Map<string, Session>();
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
    const session = this.byName.get(name) ?? this.create(name);
    session.holder?.takenOver();
    session.holder = holder;
    session.cancelWill();
    const isResumed = !isFresh && performance.now() < session.keptUntil;
    // A client that begins from nothing may still send again what it keeps in memory: only its unreleased messages are forgotten.
    if (!isResumed) session.unreleased.clear();
    this.touch(session);
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
    this.touch(session);
    this.dropOldest();
  }

  /** Cancels all wills that wait. */
  stop(): void {
    for (const session of this.byName.values()) session.cancelWill();
  }

  private create(name: string): Session {
    const session = new Session(name);
    session.run = ++this.runs;
    return session;
  }

  private touch(session: Session): void {
    this.byName.delete(session.name);
    this.byName.set(session.name, session);
  }

  private dropOldest(): void {
    let over = this.byName.size - MAX_KEPT_SESSIONS;
    if (over <= 0) return;
    for (const [name, session] of this.byName) {
      if (over <= 0) return;
      over -= 1;
      // A session in use counts too: otherwise each close would look through all of them.
      if (!session.isUsed) this.byName.delete(name);
      else this.touch(session);
    }
  }
}
