import type { Condition } from '../../src/alerting/conditions/condition';
import { initialState, type AlertState, type RuleDefinition } from '../../src/alerting/conditions/alert-state';
import { holdsFrom } from '../../src/alerting/conditions/hold-times';
import { comparableValue, comparisonsOf } from '../../src/alerting/conditions/matching';
import { evaluatePoint, evaluateTime, timerDueAt, type Transition } from '../../src/alerting/conditions/state-machine';
import type { Value } from '../../src/points/values';

export interface ModelPoint {
  readonly at: number;
  readonly values: Readonly<Record<string, Value>>;
}

interface Spell {
  readonly from: number;
  readonly to: number | null;
  readonly firings: number;
}

/** What a preview should find, by evaluating every point. No two points have the same time. */
export function previewModel(
  rule: RuleDefinition,
  [start, end]: readonly [number, number],
  all: readonly ModelPoint[],
) {
  const points = all.filter(({ at }) => at >= start && at < end).sort((one, other) => one.at - other.at);
  const transitions: Transition[] = [];
  const spells: Spell[] = [];
  let alertState: AlertState = initialState(rule, start);
  let open: { from: number; firings: number } | undefined;
  const step = (at: number, evaluate: () => ReturnType<typeof evaluateTime>, isPoint: boolean) => {
    const metFrom = holdsFrom(rule.condition, alertState);
    // A condition that would be met at the time of a point is met only if the point leaves it so.
    if (metFrom !== null && (isPoint ? metFrom < at : metFrom <= at)) open ??= { from: metFrom, firings: 0 };
    const evaluation = evaluate();
    alertState = evaluation.alertState;
    const nowFrom = holdsFrom(rule.condition, alertState);
    const isMet = nowFrom !== null && nowFrom <= at;
    if (isMet) open ??= { from: nowFrom, firings: 0 };
    if (open) open.firings += evaluation.transitions.filter(({ event }) => event === 'triggered').length;
    if (!isMet && open) {
      spells.push({ ...open, to: at });
      open = undefined;
    }
    transitions.push(...evaluation.transitions);
  };
  const timersUntil = (until: number) => {
    for (let due = timerDueAt(rule, alertState); due !== null && due <= until; due = timerDueAt(rule, alertState)) {
      const at = due;
      step(at, () => evaluateTime(rule, alertState, at), false);
    }
  };
  for (const { at, values } of points) {
    timersUntil(at - 1);
    step(at, () => evaluatePoint(rule, alertState, at, (field) => comparableValue(values[field])), true);
  }
  timersUntil(end - 1);
  const metFrom = holdsFrom(rule.condition, alertState);
  if (metFrom !== null && metFrom < end) open ??= { from: metFrom, firings: 0 };
  if (open) spells.push({ ...open, to: null });
  return {
    dataPoints: points.length,
    state: alertState.state,
    events: transitions.map(({ event, at }) => `${event} ${new Date(at).toISOString()}`),
    intervals: spells.map(({ from, to, firings }) => ({
      ...{ from: new Date(from).toISOString(), to: to === null ? null : new Date(to).toISOString(), firings },
      peak: peakOf(rule.condition, { from, to: to ?? end, start }, points),
    })),
  };
}

/** The extreme of the values that stand in an interval. */
function peakOf(
  condition: Condition,
  { from, to, start }: { readonly from: number; readonly to: number; readonly start: number },
  points: readonly ModelPoint[],
) {
  if (condition.operator === 'no_data') {
    const last = points.findLast(({ at }) => at < from)?.at ?? start;
    return Math.round((to - last) / 1000);
  }
  const peaks = comparisonsOf(condition).map(({ field, operator }) => {
    const own = points.filter(({ values }) => typeof values[field] === 'number');
    const standing = own.findLast(({ at }) => at <= from);
    const within = own.filter(({ at }) => at > from && at < to);
    const values = [...(standing ? [standing] : []), ...within].map((point) => point.values[field] as number);
    if (values.length === 0) return null;
    if (operator === 'gt' || operator === 'gte') return Math.max(...values);
    return operator === 'lt' || operator === 'lte' ? Math.min(...values) : null;
  });
  return peaks.length === 1 ? peaks[0] : peaks;
}
