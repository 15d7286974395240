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

  add(later: Tally): void {
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
}

/** What was counted and is not written down yet. Whoever writes some of it down takes it out. */
export class Tallies {
  private current: DayTallies = { day: 0, byKey: new Map() };
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

  /** Everything that is to be written down: nothing more is counted in it until the next call. Not while it is written. */
  collect(): readonly DayTallies[] {
    this.begin(this.current.day);
    const days = new Map<number, DayTallies>();
    for (const { day, byKey } of this.waiting) {
      const sameDay = days.get(day);
      if (sameDay) merge(sameDay.byKey, byKey);
      else if (byKey.size > 0) days.set(day, { day, byKey });
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

  private begin(day: number): void {
    this.waiting = [...this.waiting, this.current];
    this.current = { day, byKey: new Map() };
    this.currentBeginsAt = startOf(day);
    this.currentEndsAt = startOf(day + 1);
  }
}

/** Into what could not be written at an earlier time. */
function merge(into: Map<string, Tally>, later: ReadonlyMap<string, Tally>): void {
  for (const [keyId, tally] of later) {
    const before = into.get(keyId);
    if (before) before.add(tally);
    else into.set(keyId, tally);
  }
}
