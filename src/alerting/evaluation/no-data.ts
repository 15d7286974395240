import { lastNotificationAt, type AlertState } from '../conditions/alert-state';
import { evaluateTime, timerDueAt } from '../conditions/state-machine';
import { downtimeWithin, type Downtime } from './downtimes';
import type { LoadedRule } from './loaded-rules';
import type { EvaluationResult } from './transition-recorder';

/** What a `no_data` rule is evaluated by. */
export interface NoDataInput {
  /** When data last arrived. */
  readonly received: number;
  readonly now: number;
  /** Times in which no data could arrive. They do not count. */
  readonly downtimes: readonly Downtime[];
}

/** Evaluates a `no_data` rule. Points do not update it one by one: it reads when data last arrived. */
export function evaluateNoData(
  rule: LoadedRule,
  before: AlertState,
  { received, now, downtimes }: NoDataInput,
): EvaluationResult {
  const since = Math.max(before.since[0] ?? 0, received);
  const noDataSince = since + downtimeWithin(downtimes, since, now);
  const { quietUntil } = before;
  const isFiring = before.state === 'triggered' && quietUntil !== null;
  const adjusted = {
    ...before,
    since: [noDataSince],
    // Downtime also delays the next reminder.
    quietUntil: isFiring ? quietUntil + downtimeWithin(downtimes, lastNotificationAt(rule, before), now) : quietUntil,
  };
  const { alertState, transitions } = evaluateTime(rule, adjusted, now);
  const hasFired = transitions.some(({ event }) => event === 'triggered');
  return {
    // The stored times exclude downtimes, which are added again at each evaluation.
    alertState: { ...alertState, since: [since], quietUntil: hasFired ? alertState.quietUntil : quietUntil },
    transitions: transitions.map((transition) => ({ transition, points: [], noDataSince })),
    dueAt: timerDueAt(rule, alertState),
  };
}
