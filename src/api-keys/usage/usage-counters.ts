import { dayOf, startOf } from './days';

/** What one key did, as it is counted. */
export class UsageCounter {
  requests = 0;
  refusals = 0;
  points = 0;
  /** When a request of it was last let in, in milliseconds since 1970; 0 for never. */
  lastUsedAt = 0;
  lastAddress = '';
  lastUserAgent: string | undefined = undefined;
  /** The line of a key that replaces another one; undefined for all other keys. */
  lineId: string | undefined = undefined;

  add(later: UsageCounter): void {
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
export interface DayCounters {
  readonly day: number;
  readonly byKey: Map<string, UsageCounter>;
  /** The requests of the counters in `byKey` that have a line, added up for each. */
  readonly byLine: Map<string, number>;
}

/** What was counted and is not written down yet. Whoever writes some of it down takes it out. */
export class UsageCounters {
  private current: DayCounters = { day: 0, byKey: new Map(), byLine: new Map() };
  private currentBeginsAt = 0;
  private currentEndsAt = 0;
  private waiting: DayCounters[] = [];

  /** Where to count what a key does now. */
  of(keyId: string, nowMillis: number): UsageCounter {
    // The clock may be set back, too.
    if (nowMillis >= this.currentEndsAt || nowMillis < this.currentBeginsAt) this.begin(dayOf(nowMillis));
    let counter = this.current.byKey.get(keyId);
    if (!counter) this.current.byKey.set(keyId, (counter = new UsageCounter()));
    return counter;
  }

  /** Counts a request of a key that replaces another one for their line. Call it after `of`. */
  raiseLine(lineId: string): void {
    const { byLine } = this.current;
    byLine.set(lineId, (byLine.get(lineId) ?? 0) + 1);
  }

  /** Everything that is to be written down: nothing more is counted in it until the next call. Not while it is written. */
  collect(): readonly DayCounters[] {
    this.begin(this.current.day);
    const days = new Map<number, DayCounters>();
    for (const counters of this.waiting) {
      const sameDay = days.get(counters.day);
      if (sameDay) merge(sameDay, counters);
      else if (counters.byKey.size > 0) days.set(counters.day, counters);
    }
    return (this.waiting = [...days.values()]);
  }

  /** What is not written down of one key. */
  ofKey(keyId: string): { readonly day: number; readonly counter: UsageCounter }[] {
    return [...this.waiting, this.current].flatMap(({ day, byKey }) => {
      const counter = byKey.get(keyId);
      return counter ? [{ day, counter }] : [];
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

/** Takes what was written down out of the counters of its day. */
export function removeWritten({ byKey, byLine }: DayCounters, keyIds: readonly string[]): void {
  for (const keyId of keyIds) {
    const counter = byKey.get(keyId);
    byKey.delete(keyId);
    if (counter?.lineId === undefined) continue;
    const left = (byLine.get(counter.lineId) ?? 0) - counter.requests;
    if (left > 0) byLine.set(counter.lineId, left);
    else byLine.delete(counter.lineId);
  }
}

/** Into what could not be written at an earlier time. */
function merge({ byKey, byLine }: DayCounters, later: DayCounters): void {
  for (const [keyId, counter] of later.byKey) {
    const before = byKey.get(keyId);
    if (before) before.add(counter);
    else byKey.set(keyId, counter);
  }
  for (const [lineId, requests] of later.byLine) byLine.set(lineId, (byLine.get(lineId) ?? 0) + requests);
}
