import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { repeat, type Repetition } from '../common/repeat';
import type { LoggedRefusal, RefusalLog } from '../auth/refusal-log';
import type { AuditEvent } from '../common/audit-event';
import { OutageLog } from '../common/outage-log';
import { isoTime } from '../common/times';
import { Writer } from '../database/writer';
import { watched } from '../database/watched';

const FLUSH_EVERY_MILLIS = 1000;
const STALL_MILLIS = 15_000;
const NOT_WRITTEN = 'Refusals could not be written to the audit log yet';
/** The maximum number of events that wait while the database cannot be written to. */
const MAX_WAITING = 1000;
const LONGEST_PATH = 200;
/** How long repeats of a refusal are counted before an event reports them. The time grows while they continue. */
export const REPEAT_WINDOWS_MILLIS = [60_000, 600_000, 3_600_000] as const;
/** The maximum number of different refusals that are tracked for a key, and for an organization. */
export const MAX_REFUSALS_PER_KEY = 20;
export const MAX_REFUSALS_PER_ORGANIZATION = 200;
/** The maximum number of different refusals that are tracked. */
export const MAX_TRACKED_REFUSALS = 5000;

/** A refusal that has an event, and its repeats since then. */
interface Followed {
  readonly refusal: LoggedRefusal;
  readonly keyId: string;
  times: number;
  lastAt: number;
  /** When an event reports the repeats, and the window that ends then. */
  dueAt: number;
  window: number;
}

/** Refusals that are only counted, because their key or organization has too many different ones. */
interface Others {
  more: number;
  dueAt: number;
}

/**
 * Writes refusals to the audit log in the background. The first refusal of a key, a route and a message becomes an event at once.
 * Repeats are counted and reported in one event after a minute, then after ten minutes, then every hour.
 */
@Injectable()
export class Refusals implements RefusalLog, OnModuleInit, OnApplicationShutdown {
  private waiting: AuditEvent[] = [];
  private readonly followed = new Map<string, Followed>();
  private readonly byKey = new Map<string, number>();
  private readonly byOrganization = new Map<string, number>();
  private readonly others = new Map<string, Others>();
  private repetition: Repetition | undefined;
  private flushing = Promise.resolve();

  constructor(
    private readonly writer: Writer,
    private readonly outages: OutageLog,
  ) {}

  onModuleInit(): void {
    this.repetition = repeat(FLUSH_EVERY_MILLIS, () => this.flush());
  }

  /** After the last request, and before the database closes. */
  async onApplicationShutdown(): Promise<void> {
    await this.repetition?.stop();
    await this.flush(Infinity);
  }

  add(refusal: LoggedRefusal, nowMillis = Date.now()): void {
    const { by, organizationId, method, route, message } = refusal;
    const keyId = by.kind === 'api key' ? by.id : by.kind;
    const same = `${keyId} ${method} ${route} ${message}`;
    const known = this.followed.get(same);
    if (known) {
      known.times += 1;
      known.lastAt = nowMillis;
      return;
    }
    const isFull =
      (this.byKey.get(keyId) ?? 0) >= MAX_REFUSALS_PER_KEY ||
      (this.byOrganization.get(organizationId) ?? 0) >= MAX_REFUSALS_PER_ORGANIZATION ||
      this.followed.size >= MAX_TRACKED_REFUSALS ||
      this.waiting.length >= MAX_WAITING;
    if (isFull) {
      const others = this.others.get(organizationId);
      if (others) others.more += 1;
      else this.others.set(organizationId, { more: 1, dueAt: nowMillis + REPEAT_WINDOWS_MILLIS[0] });
      return;
    }
    const dueAt = nowMillis + REPEAT_WINDOWS_MILLIS[0];
    this.followed.set(same, { refusal, keyId, times: 0, lastAt: nowMillis, dueAt, window: 0 });
    count(this.byKey, keyId, 1);
    count(this.byOrganization, organizationId, 1);
    this.waiting.push(eventOf(refusal));
  }

  /**
   * Writes the waiting events, and keeps them if they cannot be written.
   *
   * @param nowMillis repeats whose window has ended by then are written too
   */
  flush(nowMillis = Date.now()): Promise<void> {
    return (this.flushing = this.flushing.then(() => this.write(nowMillis)));
  }

  private async write(nowMillis: number): Promise<void> {
    this.endWindows(nowMillis);
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    try {
      const store = () =>
        this.writer.write((_manager, audit) => {
          for (const event of waiting) audit(event);
          return Promise.resolve();
        });
      await watched({ stallMillis: STALL_MILLIS }, store);
    } catch (cause) {
      this.outages.background(NOT_WRITTEN, cause);
      this.waiting = [...waiting, ...this.waiting];
    }
  }

  /** A refusal without repeats in its window is forgotten: the next one becomes an event at once. */
  private endWindows(nowMillis: number): void {
    // While the database cannot be written to, repeats are still counted.
    if (this.waiting.length >= MAX_WAITING) return;
    for (const [same, one] of this.followed) {
      if (one.dueAt > nowMillis) continue;
      const { refusal, keyId, times, lastAt } = one;
      if (times === 0) {
        this.followed.delete(same);
        count(this.byKey, keyId, -1);
        count(this.byOrganization, refusal.organizationId, -1);
        continue;
      }
      this.waiting.push(eventOf(refusal, { times, until: isoTime(lastAt) }));
      one.window = Math.min(one.window + 1, REPEAT_WINDOWS_MILLIS.length - 1);
      one.times = 0;
      one.dueAt = nowMillis + (REPEAT_WINDOWS_MILLIS[one.window] ?? 0);
    }
    for (const [organizationId, { more, dueAt }] of this.others) {
      if (dueAt > nowMillis) continue;
      this.others.delete(organizationId);
      this.waiting.push(eventOfOthers(organizationId, more));
    }
  }
}

function count(counts: Map<string, number>, name: string, change: 1 | -1): void {
  const after = (counts.get(name) ?? 0) + change;
  if (after > 0) counts.set(name, after);
  else counts.delete(name);
}

/** @param repeats their number, and the time of the last one */
function eventOf(
  { by, organizationId, bucketId, method, path, message }: LoggedRefusal,
  repeats?: { times: number; until: string },
): AuditEvent {
  const details = { method, path: path.slice(0, LONGEST_PATH), message, ...repeats };
  return { by, action: 'access.refused', organizationId, bucketId, target: { type: 'route' }, details };
}

function eventOfOthers(organizationId: string, more: number): AuditEvent {
  const target = { type: 'route' } as const;
  return { by: { kind: 'server' }, action: 'access.refused', organizationId, target, details: { more } };
}
