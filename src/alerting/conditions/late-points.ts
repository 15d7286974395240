import type { Condition } from './condition';
import { eithersOf, lookBackSeconds, withEithers } from './holding';
import {
  holdsFrom,
  isMovedBy,
  lastNotificationAt,
  meets,
  sidesOf,
  stirsFrom,
  takePoint,
  type Notification,
  type Judged,
  type Memory,
  type RuleState,
  type ValueOf,
} from './rule-state';

/** A point as a rule looks at it. */
export interface JudgedPoint {
  readonly at: number;
  readonly valueOf: ValueOf;
}

/** A time in which points came late. */
export interface LateWindow {
  readonly from: number;
  /** When the first of those is that came late. */
  readonly lateFrom: number;
  /** What stood when it began. */
  readonly valueBefore: ValueOf;
  /** All points from then on up to the latest, those that came late among them, in the order of time. */
  readonly points: readonly JudgedPoint[];
}

/** A notification, and after how many of the points it was due. */
export interface LateNotification extends Notification {
  readonly seen: number;
}

/**
 * From when on the others matter to a point that comes late: what holds since before then has been notified, unless the last notification was
 * so near that it had to keep silent.
 */
export function windowFrom(rule: Judged, memory: Memory, lateFrom: number): number {
  const isNear = memory.quietUntil !== null && memory.quietUntil > lateFrom;
  return Math.min(lateFrom, isNear ? lastNotificationAt(rule, memory) : lateFrom) - lookBackOf(rule.condition);
}

function lookBackOf(condition: Condition): number {
  return condition.operator === 'no_data' ? 0 : lookBackSeconds(condition) * 1000;
}

/** Whether a point that comes late could make a difference to a rule: it may also show that something has held for longer. */
export function isMovedLate(rule: Judged, memory: Memory, { at, valueOf }: JudgedPoint): boolean {
  if (!canBeLate(rule, memory) || rule.condition.operator === 'no_data') return false;
  const eithers = eithersOf(memory);
  return sidesOf(rule.condition).some((side, index) => {
    const value = valueOf(side.field);
    const held = memory.since[index] ?? null;
    if (value === undefined) return false;
    if (meets(side, value)) return held === null || at < held;
    // Since then one side or the other held: this one may not have, in between.
    return (held !== null && at >= held) || eithers.some((either) => either !== null && at >= either);
  });
}

/**
 * What a rule makes of points from before the latest one: the same as if they had come in time, but that it takes no notification
 * back and sends none for a time that an earlier one, with its cooldown, has covered. While it is triggered it is not moved.
 */
export function takeLatePoints(
  rule: Judged,
  before: Memory,
  window: LateWindow,
): { readonly memory: Memory; readonly notifications: readonly LateNotification[] } {
  if (!canBeLate(rule, before) || rule.condition.operator === 'no_data') return { memory: before, notifications: [] };
  const sides = sidesOf(rule.condition);
  const { quietUntil } = before;
  const { lateFrom, points } = window;
  const lastNotifiedAt = lastNotificationAt(rule, before);
  let memory = memoryAt(rule, before, window);
  const notifications: LateNotification[] = [];
  // Whether what holds has been told before any of this came; then its end has been told too.
  let isTold = false;
  const turns =
    lastNotifiedAt < window.from ? [lateFrom - 1] : [lateFrom - 1, lastNotifiedAt].sort((one, other) => one - other);
  let stirs = stirsFrom(rule, memory);
  for (const [index, { at, valueOf }] of points.entries()) {
    for (let turn = turns[0]; turn !== undefined && turn < at; turn = turns[0]) {
      isTold = isToldAt(rule, memory, { at: turn, isLastNotification: turn === lastNotifiedAt, quietUntil });
      memory = isTold
        ? { ...memory, quietUntil: quietUntil ?? turn, state: 'triggered' }
        : { ...memory, quietUntil, state: restOf(rule, { ...memory, quietUntil }, turn) };
      stirs = stirsFrom(rule, memory);
      turns.shift();
    }
    // Most points say what those before them said.
    if (!isMovedBy(sides, memory, valueOf) && (stirs === null || stirs > at)) continue;
    const step = takePoint(rule, memory, at, valueOf);
    memory = step.memory;
    stirs = stirsFrom(rule, memory);
    if (at < lateFrom) continue;
    for (const notification of step.notifications) {
      // What was due before this point was not caused by it.
      if (!isTold || notification.event === 'triggered')
        notifications.push({ ...notification, seen: notification.at < at ? index : index + 1 });
      isTold = false;
    }
  }
  return { memory, notifications };
}

/**
 * The same of a point from so long ago that nobody looks at what came since. It notifies nothing; yet where it shows that what is
 * pending did not hold all the time, the wait begins anew at the latest.
 */
export function takeBygonePoint(
  rule: Judged,
  before: Memory,
  { at, latest }: { readonly at: number; readonly latest: number },
  valueOf: ValueOf,
): Memory {
  if (!canBeLate(rule, before) || rule.condition.operator === 'no_data') return before;
  const broken = sidesOf(rule.condition).map((side, index) => {
    const value = valueOf(side.field);
    return value !== undefined && !meets(side, value) && at >= (before.since[index] ?? Infinity);
  });
  if (!broken.includes(true)) return before;
  const since = before.since.map((time, index) => (broken[index] && time !== null ? Math.max(time, latest) : time));
  return withEithers(
    { ...before, since },
    eithersOf(before).map(() => null),
  );
}

function canBeLate({ condition }: Judged, { state }: Memory): boolean {
  return condition.operator !== 'no_data' && state !== 'triggered';
}

/** What a rule would have remembered when the window began. What holds now since before then, held then. */
function memoryAt(rule: Judged, before: Memory, { from, valueBefore }: LateWindow): Memory {
  if (rule.condition.operator === 'no_data') return before;
  const since = sidesOf(rule.condition).map((side, index) => {
    const held = before.since[index] ?? null;
    if (held !== null && held < from) return held;
    const value = valueBefore(side.field);
    return value !== undefined && meets(side, value) ? from - 1 : null;
  });
  const eithers = eithersOf(before).map((either) => (either !== null && either < from ? either : null));
  const memory = withEithers({ ...before, since }, eithers);
  return { ...memory, state: restOf(rule, memory, from - 1) };
}

function isToldAt(
  { condition }: Judged,
  memory: Memory,
  { at, isLastNotification, quietUntil }: { at: number; isLastNotification: boolean; quietUntil: number | null },
): boolean {
  const from = holdsFrom(condition, memory);
  if (isLastNotification || memory.state === 'triggered') return from !== null;
  return from !== null && Math.max(from, quietUntil ?? from) <= at;
}

/** The state of a rule that is not triggered, to be made more of by the next point. */
function restOf({ condition }: Judged, memory: Memory, at: number): RuleState {
  const from = holdsFrom(condition, memory);
  if (from !== null && from > at) return 'pending';
  return from === null && memory.quietUntil === null ? 'ok' : 'cooldown';
}
