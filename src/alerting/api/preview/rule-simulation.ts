import { isoTime } from '../../../common/times';
import { COLUMN_SLOTS, type Field, type Schema } from '../../../sources/schema';
import { othersOf, valueOf, type Others, type PackedPoint, type Value } from '../../../points/values';
import type { Range } from '../../../points/point-store';
import { currentValueOf } from '../../evaluation/alert-payload';
import { initialState, type AlertState, type RuleDefinition, type RuleState } from '../../conditions/alert-state';
import type { SimpleCondition } from '../../conditions/condition';
import { holdsFrom } from '../../conditions/hold-times';
import { comparableValue, comparisonsOf, fieldsOf, type ValueOf } from '../../conditions/matching';
import { mayAffect } from '../../conditions/rule-prefilter';
import {
  evaluatePoint,
  evaluateTime,
  isAffectedBy,
  reminderDueAt,
  timerDueAt,
  transitionDueAt,
  type Evaluation,
  type Transition,
} from '../../conditions/state-machine';
import { Intervals, type Interval, type IntervalSummary } from './intervals';
import type { PreviewWindow } from './preview-windows';

/** The most events that a preview lists. */
export const MAX_EVENTS = 1000;

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
  /** The first intervals. */
  readonly intervals: readonly Interval[];
  readonly summary: IntervalSummary;
  readonly state: RuleState;
}

const NO_OTHERS: Others = {};

/** A rule on simulated time, which is given points in the order of time. Most points change nothing, and are not evaluated. */
export class RuleSimulation {
  private alertState: AlertState;
  private readonly comparisons: readonly SimpleCondition[];
  private readonly fields: readonly Field[];
  private readonly hasOthers: boolean;
  private readonly events: PreviewEvent[] = [];
  private readonly counts = { triggered: 0, resolved: 0 };
  private readonly intervals: Intervals;
  /** The latest value of each field. */
  private readonly values: Record<string, Value | undefined> = {};
  /** The values of the current point, in the form that comparisons expect. */
  private readonly current: Record<string, Value | undefined> = {};
  private readonly currentOf: ValueOf = (field) => this.current[field];
  private points = 0;
  private latestAt: number | null = null;
  /** When time alone changes the state next, from when on a point does, and from when on the condition is met; null for never. */
  private timerAt: number | null = null;
  private nextTransitionAt: number | null = null;
  private metFrom: number | null = null;

  constructor(
    private readonly rule: RuleDefinition,
    schema: Schema,
    private readonly range: Range,
  ) {
    const { condition } = rule;
    const names = new Set(fieldsOf(condition));
    this.fields = schema.filter(({ name }) => names.has(name));
    this.hasOthers = this.fields.some(({ slot }) => slot >= COLUMN_SLOTS);
    this.comparisons = condition.operator === 'no_data' ? [] : comparisonsOf(condition);
    this.intervals = new Intervals(condition);
    this.alertState = initialState(rule, range[0]);
    this.setState(this.alertState);
  }

  take(point: PackedPoint): void {
    const { at } = point;
    const others = this.hasOthers ? othersOf(point) : NO_OTHERS;
    this.passTo(at);
    for (const field of this.fields) {
      const value = valueOf(field, point.columns, others);
      this.current[field.name] = comparableValue(value);
      if (value !== undefined) this.values[field.name] = value;
    }
    this.points += 1;
    this.evaluate(at);
  }

  /** Takes a point of which only the time counts, for a condition on missing data. */
  takeTime(at: number, count = 1): void {
    this.passTo(at);
    this.points += count;
    this.evaluate(at);
  }

  /** Takes all points of a rollup window at once if they cannot change the state. Returns false if they may. */
  skip(window: PreviewWindow): boolean {
    const { firstAt, lastAt, ranges, summaries } = window;
    if (this.rule.condition.operator === 'no_data') return this.skipTimes(window);
    if (!ranges || (this.timerAt !== null && this.timerAt <= lastAt)) return false;
    if (mayAffect(this.prefiltered, { ranges, first: firstAt, last: lastAt })) return false;
    const { metFrom } = this;
    if (metFrom !== null && metFrom > firstAt && metFrom <= lastAt) return false;
    if (metFrom !== null && metFrom <= firstAt) this.intervals.begin(metFrom, this.values);
    for (const [name, { min, max, last }] of summaries) {
      this.intervals.add({ [name]: min });
      this.intervals.add({ [name]: max });
      if (last !== null) this.values[name] = last;
    }
    this.points += window.points;
    this.latestAt = lastAt;
    return true;
  }

  end(): Preview {
    const [, end] = this.range;
    this.advanceTo(end - 1);
    if (this.metFrom !== null && this.metFrom < end) this.intervals.begin(this.metFrom, this.values);
    this.intervals.finish(null, end, this.silentSince);
    const { points, counts, events, intervals, alertState } = this;
    return {
      points,
      ...counts,
      events,
      intervals: intervals.listed,
      summary: intervals.summary,
      state: alertState.state,
    };
  }

  private get prefiltered() {
    return { comparisons: this.comparisons, alertState: this.alertState, nextTransitionAt: this.nextTransitionAt };
  }

  private get silentSince(): number | null {
    return this.rule.condition.operator === 'no_data' ? (this.alertState.since[0] ?? null) : null;
  }

  /** If no gap in a window is long enough to fire, only its first and its last point count. */
  private skipTimes({ firstAt, lastAt, points }: PreviewWindow): boolean {
    const { condition } = this.rule;
    if (condition.operator !== 'no_data' || lastAt - firstAt >= condition.value * 1000) return false;
    this.takeTime(firstAt, points - Number(lastAt > firstAt));
    if (lastAt > firstAt) this.takeTime(lastAt);
    return true;
  }

  /** Lets the time up to a point pass. */
  private passTo(at: number): void {
    if (this.timerAt !== null && this.timerAt < at) this.advanceTo(at - 1);
    if (this.metFrom !== null && this.metFrom < at) this.intervals.begin(this.metFrom, this.values);
  }

  /** Evaluates the current point, if it may change anything. */
  private evaluate(at: number): void {
    const before = this.latestAt;
    this.latestAt = at;
    const isDue = this.nextTransitionAt !== null && this.nextTransitionAt <= at;
    const isNoData = this.rule.condition.operator === 'no_data';
    if (!isDue && !isNoData && !isAffectedBy(this.comparisons, this.alertState, this.currentOf)) {
      this.intervals.add(this.values);
      return;
    }
    const { silentSince } = this;
    const evaluation = evaluatePoint(this.rule, this.alertState, at, this.currentOf);
    this.setState(evaluation.alertState);
    const isMet = this.metFrom !== null && this.metFrom <= at;
    if (isMet) this.intervals.begin(this.metFrom ?? at, this.values);
    for (const transition of evaluation.transitions) this.addEvent(transition, transition.at < at ? before : at);
    if (isMet) this.intervals.add(this.values);
    else this.intervals.finish(at, at, silentSince);
  }

  /** Evaluates the timers that end by a time. */
  private advanceTo(until: number): void {
    for (let due = this.timerAt; due !== null && due <= until; due = this.timerAt) {
      if (this.metFrom !== null && this.metFrom <= due) this.intervals.begin(this.metFrom, this.values);
      if (this.events.length === MAX_EVENTS) this.skipReminders(until);
      const evaluation: Evaluation = evaluateTime(this.rule, this.alertState, due);
      this.setState(evaluation.alertState);
      for (const transition of evaluation.transitions) this.addEvent(transition, this.latestAt);
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
    this.intervals.fired(times);
    this.setState({ ...this.alertState, quietUntil: quietUntil + times * repeatMillis });
  }

  private setState(alertState: AlertState): void {
    this.alertState = alertState;
    this.timerAt = timerDueAt(this.rule, alertState);
    this.nextTransitionAt = transitionDueAt(this.rule, alertState);
    this.metFrom = holdsFrom(this.rule.condition, alertState);
  }

  /** @param latestAt the time of the newest point that had arrived by then */
  private addEvent(transition: Transition, latestAt: number | null): void {
    this.counts[transition.event] += 1;
    if (transition.event === 'triggered') this.intervals.fired();
    if (this.events.length === MAX_EVENTS) return;
    const point = latestAt === null ? null : { timestamp: isoTime(latestAt), values: {} };
    const details = { transition, values: this.values, point, noDataSince: latestAt ?? undefined };
    this.events.push({ ...transition, currentValue: currentValueOf(this.rule.condition, details) });
  }
}
