import { dayOf, startOf } from './days';

/** What one key did, as it is counted. */
export class Tally {
  requests = 0;
  refusals = 0;
  points = 0;
  /** When a request of it was last let in, in milliseconds since 1970; 0 for never. */
  lastUsedAt = 0;
  lastAddress = '';
  lastUserAgent: string | undefined = undefined;
  /** The line of a key that replaces another one; undefined for all other keys. */
  lineId: string | undefined = undefined;

  add(later: Tally): void {
    this.lineId ??= later.lineId;
    this.requests += later.requests;
    this.refusals += later.refusals;
    this.points += later.points;
    if (later.lastUsedAt < this.lastUsedAt) return;
    this.lastUsedAt = later.lastUsedAt;
    this.lastAddress = later.lastAddress;
    this.lastUserAgent = later.lastUserAgent;
  }
}

/** What keys did on one day and is not written down yet. */
export interface DayTallies {
  readonly day: number;
  readonly byKey: Map<string, Tally>;
  /** The requests of the tallies in `byKey` that have a line, added up for each. */
  readonly byLine: Map<string, number>;
}

/** What was counted and is not written down yet. Whoever writes some of it down takes it out. */
export class Tallies {
  private current: DayTallies = { day: 0, byKey: new Map(), byLine: new Map() };
  private currentBeginsAt = 0;
  private currentEndsAt = 0;
  private waiting: DayTallies[] = [];

  /** Where to count what a key does now. */
  of(keyId: string, nowMillis: number): Tally {
    // The clock may be set back, too.
    if (nowMillis >= this.currentEndsAt || nowMillis < this.currentBeginsAt) this.begin(dayOf(nowMillis));
    let tally = this.current.byKey.get(keyId);
    if (!tally) this.current.byKey.set(keyId, (tally = new Tally()));
    return tally;
  }

  /** Counts a request of a key that replaces another one for their line. Call it after `of`. */
  raiseLine(lineId: string): void {
    const { byLine } = this.current;
    byLine.set(lineId, (byLine.get(lineId) ?? 0) + 1);
  }

  /** Everything that is to be written down: nothing more is counted in it until the next call. Not while it is written. */
  collect(): readonly DayTallies[] {
    this.begin(this.current.day);
    const days = new Map<number, DayTallies>();
    for (const tallies of this.waiting) {
      const sameDay = days.get(tallies.day);
      if (sameDay) merge(sameDay, tallies);
      else if (tallies.byKey.size > 0) days.set(tallies.day, tallies);
    }
    return (this.waiting = [...days.values()]);
  }

  /** What is not written down of one key. */
  ofKey(keyId: string): { readonly day: number; readonly tally: Tally }[] {
    return [...this.waiting, this.current].flatMap(({ day, byKey }) => {
      const tally = byKey.get(keyId);
      return tally ? [{ day, tally }] : [];
    });
  }

  /** The requests on these days that are not written down, of the keys of a line that replace others. */
  requestsOfLine(lineId: string, days: readonly number[]): number {
    let requests = 0;
    for (const { day, byLine } of [...this.waiting, this.current])
      if (days.includes(day)) requests += byLine.get(lineId) ?? 0;
    return requests;
  }

  private begin(day: number): void {
    this.waiting = [...this.waiting, this.current];
    this.current = { day, byKey: new Map(), byLine: new Map() };
    this.currentBeginsAt = startOf(day);
    this.currentEndsAt = startOf(day + 1);
  }
}

/** Takes what was written down out of the tallies of its day. */
export function takeOut({ byKey, byLine }: DayTallies, keyIds: readonly string[]): void {
  for (const keyId of keyIds) {
    const tally = byKey.get(keyId);
    byKey.delete(keyId);
    if (tally?.lineId === undefined) continue;
    const left = (byLine.get(tally.lineId) ?? 0) - tally.requests;
    if (left > 0) byLine.set(tally.lineId, left);
    else byLine.delete(tally.lineId);
  }
}

/** Into what could not be written at an earlier time. */
function merge({ byKey, byLine }: DayTallies, later: DayTallies): void {
  for (const [keyId, tally] of later.byKey) {
    const before = byKey.get(keyId);
    if (before) before.add(tally);
    else byKey.set(keyId, tally);
  }
  for (const [lineId, requests] of later.byLine) byLine.set(lineId, (byLine.get(lineId) ?? 0) + requests);
}
