import { dayOf, startOf } from './days';

/** The usage of one key that is not written yet. */
export class UsageCounter {
  requests = 0;
  refusals = 0;
  points = 0;
  /** When its last request was accepted, in milliseconds since 1970; 0 for never. */
  lastUsedAt = 0;
  lastAddress = '';
  lastUserAgent: string | undefined = undefined;
  /** The rotation line of a key that replaces another key; undefined for other keys. */
  lineId: string | undefined = undefined;
  /** The organization of the key; undefined before its first accepted request. */
  organizationId: string | undefined = undefined;

  add(later: UsageCounter): void {
    this.lineId ??= later.lineId;
    this.organizationId ??= later.organizationId;
    this.requests += later.requests;
    this.refusals += later.refusals;
    this.points += later.points;
    if (later.lastUsedAt < this.lastUsedAt) return;
    this.lastUsedAt = later.lastUsedAt;
    this.lastAddress = later.lastAddress;
    this.lastUserAgent = later.lastUserAgent;
  }
}

/** The usage of one day that is not written yet. */
export interface DayCounters {
  readonly day: number;
  readonly byKey: Map<string, UsageCounter>;
  /** For each rotation line, the sum of the requests of its counters in `byKey`. */
  readonly byLine: Map<string, number>;
}

/** The usage that is not written yet. `removeWritten` removes what was written. */
export class UsageCounters {
  private current: DayCounters = { day: 0, byKey: new Map(), byLine: new Map() };
  private currentBeginsAt = 0;
  private currentEndsAt = 0;
  private waiting: DayCounters[] = [];

  /** The counter of a key for the current day. */
  of(keyId: string, nowMillis: number): UsageCounter {
    // The clock may also be set back.
    if (nowMillis >= this.currentEndsAt || nowMillis < this.currentBeginsAt) this.begin(dayOf(nowMillis));
    let counter = this.current.byKey.get(keyId);
    if (!counter) this.current.byKey.set(keyId, (counter = new UsageCounter()));
    return counter;
  }

  /** Counts a request of a key that replaces another key for its line. Call it after `of`. */
  raiseLine(lineId: string): void {
    const { byLine } = this.current;
    byLine.set(lineId, (byLine.get(lineId) ?? 0) + 1);
  }

  /** Everything to write. Nothing is added to it until the next call. Must not be called during a write. */
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

  /** The usage of one key that is not written yet. */
  ofKey(keyId: string): { readonly day: number; readonly counter: UsageCounter }[] {
    return [...this.waiting, this.current].flatMap(({ day, byKey }) => {
      const counter = byKey.get(keyId);
      return counter ? [{ day, counter }] : [];
    });
  }

  /** The requests on these days that are not written yet, of the keys of a line that replace others. */
  requestsOfLine(lineId: string, days: readonly number[]): number {
    let requests = 0;
    for (const { day, byLine } of [...this.waiting, this.current])
      if (days.includes(day)) requests += byLine.get(lineId) ?? 0;
    return requests;
  }

  /** The requests of an organization's keys from a day on that are not written yet. */
  requestsOf(organizationId: string, firstDay: number): number {
    let requests = 0;
    for (const { day, byKey } of [...this.waiting, this.current]) {
      if (day < firstDay) continue;
      for (const counter of byKey.values()) if (counter.organizationId === organizationId) requests += counter.requests;
    }
    return requests;
  }

  private begin(day: number): void {
    this.waiting = [...this.waiting, this.current];
    this.current = { day, byKey: new Map(), byLine: new Map() };
    this.currentBeginsAt = startOf(day);
    this.currentEndsAt = startOf(day + 1);
  }
}

/** Removes what was written from the counters of its day. */
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

/** Adds counters to those of the same day that could not be written earlier. */
function merge({ byKey, byLine }: DayCounters, later: DayCounters): void {
  for (const [keyId, counter] of later.byKey) {
    const before = byKey.get(keyId);
    if (before) before.add(counter);
    else byKey.set(keyId, counter);
  }
  for (const [lineId, requests] of later.byLine) byLine.set(lineId, (byLine.get(lineId) ?? 0) + requests);
}
