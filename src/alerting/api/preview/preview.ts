import type { EntityManager } from 'typeorm';
import type { Pause } from '../../../common/http/yield';
import type { Source } from '../../../sources/source.entity';
import { pointsPerRead } from '../../../points/page-size';
import type { Place, PointStore, Range } from '../../../points/point-store';
import { unpack, type Value } from '../../../points/values';
import { PagePace } from '../../../query/page-pace';
import { isoTime } from '../../../common/times';
import { currentValueOf } from '../../evaluation/alert-payload';
import type { ToldPoint } from '../../evaluation/occasion';
import {
  armed,
  dueOf,
  fieldsOf,
  reminderOf,
  takePoint,
  takeTime,
  type Notification,
  type Judged,
  type Memory,
  type RuleState,
} from '../../conditions/rule-state';
import { judgedValue } from '../../conditions/sides';

const MOST_EVENTS = 1000;
const FEWEST_POINTS_PER_READ = 250;

export interface PreviewEvent extends Notification {
  readonly currentValue: ReturnType<typeof currentValueOf>;
}

/** What a rule would have done. */
export interface Preview {
  readonly points: number;
  readonly triggered: number;
  readonly resolved: number;
  /** The first of them. */
  readonly events: readonly PreviewEvent[];
  readonly state: RuleState;
}

/** Judges the stored points of a range as if the rule had been made at its start, and they had come in order. */
export async function preview(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  { rule, range, pause }: { readonly rule: Judged; readonly range: Range; readonly pause: Pause },
): Promise<Preview> {
  const rehearsal = new Rehearsal(rule, range[0]);
  const pace = new PagePace(FEWEST_POINTS_PER_READ, pointsPerRead(source.schema));
  let after: Place | undefined;
  for (;;) {
    const limit = pace.now;
    const started = performance.now();
    const points = await store.read(manager, source, range, { limit, sort: 'asc', after });
    for (const point of points)
      rehearsal.take({ timestamp: isoTime(point.at), values: unpack(source.schema, point) }, point.at);
    const last = points.at(-1);
    if (!last || points.length < limit) break;
    pace.took(performance.now() - started);
    after = last;
    await pause();
  }
  return rehearsal.end(range[1] - 1);
}

class Rehearsal {
  private memory: Memory;
  private readonly events: PreviewEvent[] = [];
  private readonly counts = { triggered: 0, resolved: 0 };
  private readonly values: Record<string, Value | undefined> = {};
  private readonly fields: readonly string[];
  private points = 0;
  private latest: ToldPoint | null = null;

  constructor(
    private readonly rule: Judged,
    start: number,
  ) {
    this.memory = armed(rule, start);
    this.fields = fieldsOf(rule.condition);
  }

  take(point: ToldPoint, at: number): void {
    this.passTo(at - 1);
    const silentSince = this.latest;
    this.points += 1;
    this.latest = point;
    for (const field of this.fields) this.values[field] = point.values[field] ?? this.values[field];
    const step = takePoint(this.rule, this.memory, at, (field) => judgedValue(point.values[field]));
    this.memory = step.memory;
    for (const notification of step.notifications) this.note(notification, notification.at < at ? silentSince : point);
  }

  end(at: number): Preview {
    this.passTo(at);
    const { points, counts, events, memory } = this;
    return { points, ...counts, events, state: memory.state };
  }

  /** Lets the clock do what it would have done before the next point. */
  private passTo(until: number): void {
    for (let due = dueOf(this.rule, this.memory); due !== null && due <= until; due = dueOf(this.rule, this.memory)) {
      if (this.events.length === MOST_EVENTS) this.skipTo(until);
      const step = takeTime(this.rule, this.memory, due);
      this.memory = step.memory;
      for (const notification of step.notifications) this.note(notification, this.latest);
    }
  }

  /** Counts what a silence that goes on would have told, without telling it. */
  private skipTo(until: number): void {
    const { quietUntil, state } = this.memory;
    const { condition, cooldownMillis, repeatMillis = cooldownMillis } = this.rule;
    if (condition.operator !== 'no_data' || state !== 'triggered' || quietUntil === null) return;
    const next = reminderOf(this.rule, this.memory);
    if (next === null) return;
    const times = Math.max(0, Math.floor((until - next) / repeatMillis));
    this.counts.triggered += times;
    this.memory = { ...this.memory, quietUntil: quietUntil + times * repeatMillis };
  }

  private note(notification: Notification, point: ToldPoint | null): void {
    this.counts[notification.event] += 1;
    if (this.events.length === MOST_EVENTS) return;
    const silentSince = point === null ? undefined : Date.parse(point.timestamp);
    const currentValue = currentValueOf(this.rule.condition, { notification, values: this.values, point, silentSince });
    this.events.push({ ...notification, currentValue });
  }
}
