import { lastNotificationAt, type AlertState } from '../conditions/alert-state';
import { timerDueAt, evaluateTime } from '../conditions/state-machine';
import { downtimeWithin, type Downtime } from './downtimes';
import type { EvaluationResult } from './transition-recorder';
import type { LoadedRule } from './alert-notifier';

/** What is known of a source when its silence is judged. */
export interface NoDataInput {
  /** When data last arrived. */
  readonly received: number;
  readonly now: number;
  /** The times in which nothing could arrive: they are not counted. */
  readonly downtimes: readonly Downtime[];
}

/** What a rule of silence makes of the time. The rule is not told of each point: it learns of the latest when it asks. */
export function evaluateNoData(
  rule: LoadedRule,
  before: AlertState,
  { received, now, downtimes }: NoDataInput,
): EvaluationResult {
  const since = Math.max(before.since[0] ?? 0, received);
  const noDataSince = since + downtimeWithin(downtimes, since, now);
  const { quietUntil } = before;
  const isFired = before.state === 'triggered' && quietUntil !== null;
  const counted = {
    ...before,
    since: [noDataSince],
    // A reminder waits for as long as nobody could have said anything.
    quietUntil: isFired ? quietUntil + downtimeWithin(downtimes, lastNotificationAt(rule, before), now) : quietUntil,
  };
  const { alertState, transitions } = evaluateTime(rule, counted, now);
  const hasFired = transitions.some(({ event }) => event === 'triggered');
  return {
    // What is remembered is when data arrived: absences are counted anew each time.
    alertState: { ...alertState, since: [since], quietUntil: hasFired ? alertState.quietUntil : quietUntil },
    transitions: transitions.map((transition) => ({ transition, points: [], noDataSince })),
    dueAt: timerDueAt(rule, alertState),
  };
}
