import { dueOf, lastNotificationAt, takeTime, type Memory } from '../conditions/rule-state';
import { absentWithin, type Absence } from './absences';
import type { RuleNews } from './transition-recorder';
import type { OpenRule } from './rule-teller';

/** What is known of a source when its silence is judged. */
export interface Hearing {
  /** When data last arrived. */
  readonly received: number;
  readonly now: number;
  /** The times in which nothing could arrive: they are not counted. */
  readonly absences: readonly Absence[];
}

/** What a rule of silence makes of the time. The rule is not told of each point: it learns of the latest when it asks. */
export function judgeSilence(rule: OpenRule, before: Memory, { received, now, absences }: Hearing): RuleNews {
  const since = Math.max(before.since[0] ?? 0, received);
  const silentSince = since + absentWithin(absences, since, now);
  const { quietUntil } = before;
  const isFired = before.state === 'triggered' && quietUntil !== null;
  const counted = {
    ...before,
    since: [silentSince],
    // A reminder waits for as long as nobody could have said anything.
    quietUntil: isFired ? quietUntil + absentWithin(absences, lastNotificationAt(rule, before), now) : quietUntil,
  };
  const { memory, notifications } = takeTime(rule, counted, now);
  const hasFired = notifications.some(({ event }) => event === 'triggered');
  return {
    // What is remembered is when data arrived: absences are counted anew each time.
    memory: { ...memory, since: [since], quietUntil: hasFired ? memory.quietUntil : quietUntil },
    notifications: notifications.map((notification) => ({ notification, points: [], silentSince })),
    dueAt: dueOf(rule, memory),
  };
}
