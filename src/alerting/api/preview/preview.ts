import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../../../common/http/yield';
import type { Source } from '../../../sources/source.entity';
import { pointsPerRead } from '../../../points/page-size';
import type { Place, PointStore, Range } from '../../../points/point-store';
import { unpack, type Value } from '../../../points/values';
import { PagePace } from '../../../query/page-pace';
import { isoTime } from '../../../common/times';
import { currentValueOf } from '../../evaluation/alert-payload';
import type { AlertPoint } from '../../evaluation/alert-details';
import { initialState, type RuleDefinition, type AlertState, type RuleState } from '../../conditions/alert-state';
import { fieldsOf } from '../../conditions/matching';
import {
  timerDueAt,
  reminderDueAt,
  evaluatePoint,
  evaluateTime,
  type Transition,
} from '../../conditions/state-machine';
import { comparableValue } from '../../conditions/matching';

const MAX_EVENTS = 1000;
const FEWEST_POINTS_PER_READ = 250;

export interface PreviewEvent extends Transition {
  readonly currentValue: ReturnType<typeof currentValueOf>;
}

/** The result of a preview. */
export interface Preview {
  readonly points: number;
  readonly triggered: number;
  readonly resolved: number;
  /** The first events. */
  readonly events: readonly PreviewEvent[];
  readonly state: RuleState;
}

/** Evaluates the stored points of a range as if the rule had been created at its start, and they had arrived in order. */
export async function preview(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  { rule, range, yieldTurn }: { readonly rule: RuleDefinition; readonly range: Range; readonly yieldTurn: YieldTurn },
): Promise<Preview> {
  const simulation = new RuleSimulation(rule, range[0]);
  const pace = new PagePace(FEWEST_POINTS_PER_READ, pointsPerRead(source.schema));
  let after: Place | undefined;
  for (;;) {
    const limit = pace.now;
    const started = performance.now();
    const points = await store.read(manager, source, range, { limit, sort: 'asc', after });
    for (const point of points)
      simulation.take({ timestamp: isoTime(point.at), values: unpack(source.schema, point) }, point.at);
    const last = points.at(-1);
    if (!last || points.length < limit) break;
    pace.took(performance.now() - started);
    after = last;
    await yieldTurn();
  }
  return simulation.end(range[1] - 1);
}

/** A rule on simulated time. */
class RuleSimulation {
  private alertState: AlertState;
  private readonly events: PreviewEvent[] = [];
  private readonly counts = { triggered: 0, resolved: 0 };
  private readonly values: Record<string, Value | undefined> = {};
  private readonly fields: readonly string[];
  private points = 0;
  private latest: AlertPoint | null = null;

  constructor(
    private readonly rule: RuleDefinition,
    start: number,
  ) {
    this.alertState = initialState(rule, start);
    this.fields = fieldsOf(rule.condition);
  }

  take(point: AlertPoint, at: number): void {
    this.advanceTo(at - 1);
    const before = this.latest;
    this.points += 1;
    this.latest = point;
    for (const field of this.fields) this.values[field] = point.values[field] ?? this.values[field];
    const evaluation = evaluatePoint(this.rule, this.alertState, at, (field) => comparableValue(point.values[field]));
    this.alertState = evaluation.alertState;
    for (const transition of evaluation.transitions) this.addEvent(transition, transition.at < at ? before : point);
  }

  end(at: number): Preview {
    this.advanceTo(at);
    const { points, counts, events, alertState } = this;
    return { points, ...counts, events, state: alertState.state };
  }

  /** Evaluates the timers that end before the next point. */
  private advanceTo(until: number): void {
    for (
      let due = timerDueAt(this.rule, this.alertState);
      due !== null && due <= until;
      due = timerDueAt(this.rule, this.alertState)
    ) {
      if (this.events.length === MAX_EVENTS) this.skipReminders(until);
      const evaluation = evaluateTime(this.rule, this.alertState, due);
      this.alertState = evaluation.alertState;
      for (const transition of evaluation.transitions) this.addEvent(transition, this.latest);
    }
  }

  /** Counts the reminders of missing data beyond the listed events, without creating them. */
  private skipReminders(until: number): void {
    const { quietUntil, state } = this.alertState;
    const { condition, cooldownMillis, repeatMillis = cooldownMillis } = this.rule;
    if (condition.operator !== 'no_data' || state !== 'triggered' || quietUntil === null) return;
    const next = reminderDueAt(this.rule, this.alertState);
    if (next === null) return;
    const times = Math.max(0, Math.floor((until - next) / repeatMillis));
    this.counts.triggered += times;
    this.alertState = { ...this.alertState, quietUntil: quietUntil + times * repeatMillis };
  }

  private addEvent(transition: Transition, point: AlertPoint | null): void {
    this.counts[transition.event] += 1;
    if (this.events.length === MAX_EVENTS) return;
    const noDataSince = point === null ? undefined : Date.parse(point.timestamp);
    const currentValue = currentValueOf(this.rule.condition, { transition, values: this.values, point, noDataSince });
    this.events.push({ ...transition, currentValue });
  }
}
