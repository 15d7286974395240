import type { PackedPoint } from '../../points/values';
import type { Movable } from '../conditions/rule-prefilter';
import type { SimpleCondition } from '../conditions/condition';
import { isMovedLate, takeBygonePoint, takeLatePoints, windowFrom, type JudgedPoint } from '../conditions/late-points';
import { isAsked, isMovedBy, meets, stirsFrom, takePoint, type Memory, type ValueOf } from '../conditions/rule-state';
import { readerOf, type Slots } from './evaluated-points';
import type { LateWindows } from './late-windows';
import type { OpenRule, NotificationWithPoints } from './rule-teller';

/** A rule with what is asked of it for each batch. */
export interface Watching extends Movable {
  readonly rule: OpenRule;
}

/** Points of a source that are about to be stored, in the order of time. */
export interface Batch {
  /** Those from before the latest that is stored. */
  readonly late: readonly PackedPoint[];
  readonly onTime: readonly PackedPoint[];
  readonly latest: number;
  /** When each field that rules ask for was last given a value by what is stored, as far as that makes any point late. */
  readonly fieldTimes: ReadonlyMap<string, number>;
  /** Where the values of these fields are. */
  readonly slots: Slots;
  readonly now: number;
}

/** A batch as one rule looks at it. */
interface Share {
  readonly late: readonly PackedPoint[];
  readonly onTime: readonly PackedPoint[];
  readonly read: (point: PackedPoint) => ValueOf;
  /** The earliest time that they are judged for: a triggered rule is judged by what is known of all its fields. */
  readonly earliest: number;
}

/** A rule, what of a batch concerns it, and how. */
export interface Task extends Share {
  readonly watching: Watching;
  /** From when on the rule looks at what is stored around the points that came late; undefined if none of them could move it. */
  readonly start: number | undefined;
}

interface Judgement {
  readonly memory: Memory;
  readonly notifications: readonly NotificationWithPoints[];
  /** Whether it has judged all points up to the latest that is stored. */
  readonly isToLatest?: boolean;
}

/** How long before the latest point others are judged by what came since. */
const LATE_MILLIS = 86_400_000;

/** What a rule has to judge of a batch. */
export function taskOf(watching: Watching, batch: Batch): Task {
  const { rule, memory } = watching;
  const share = shareOf(watching, batch);
  const earliest = batch.latest - LATE_MILLIS;
  const first = share.late.find((point) => {
    return point.at >= earliest && isMovedLate(rule, memory, { at: point.at, valueOf: share.read(point) });
  });
  const start = first && Math.max(earliest, windowFrom(rule, memory, first.at));
  return { ...share, watching, start };
}

/** A point is late for a rule if what is stored is newer in a field that the rule asks for. */
function shareOf({ rule, sides, memory }: Watching, { late, onTime, fieldTimes, slots }: Batch): Share {
  const read = (point: PackedPoint) => readerOf(point, slots);
  if (late.length === 0) return { late, onTime, read, earliest: 0 };
  const all = [...late, ...onTime];
  // Whatever comes ends a silence, whenever it is from.
  if (rule.condition.operator === 'no_data') return { late: [], onTime: all, read, earliest: 0 };
  const newest = (field: string) => fieldTimes.get(field) ?? 0;
  const latest = Math.max(...sides.map(({ field }) => newest(field)));
  if (memory.state === 'triggered') {
    // A notification that was sent is not taken back: nothing moves it but what is newer.
    const readNew = (point: PackedPoint) => newerThan(newest, point.at, read(point));
    return { late: [], onTime: all, read: readNew, earliest: latest };
  }
  const firstOnTime = all.findIndex(({ at }) => at >= latest);
  const count = firstOnTime < 0 ? all.length : firstOnTime;
  return { late: all.slice(0, count), onTime: all.slice(count), read, earliest: 0 };
}

function newerThan(newest: (field: string) => number, at: number, valueOf: ValueOf): ValueOf {
  return (field) => (at < newest(field) ? undefined : valueOf(field));
}

/**
 * What a rule makes of a batch.
 *
 * @param windows where there is a start, what is stored around the points that came late
 */
export function judge(task: Task, batch: Batch, windows: LateWindows | undefined): Judgement {
  const late = judgeLate(task, batch.latest, windows);
  // Nothing is judged twice: what was on time for the rule, and not for its source, was in the window too.
  const onTime = late.isToLatest ? batch.onTime : task.onTime;
  const { memory, notifications } = judgeOnTime({ ...task, onTime }, late.memory, batch.now);
  return { memory, notifications: [...late.notifications, ...notifications] };
}

function judgeOnTime({ watching, onTime: points, read, earliest }: Task, before: Memory, now: number): Judgement {
  const { rule, sides } = watching;
  let memory = before;
  const notifications: NotificationWithPoints[] = [];
  const isOfSilence = rule.condition.operator === 'no_data';
  let stirs = stirsFrom(rule, memory);
  for (const [index, point] of points.entries()) {
    const valueOf = read(point);
    // A clock that is ahead does not make the future.
    const at = isOfSilence ? now : Math.min(Math.max(point.at, earliest), now);
    if (!isOfSilence && !isMovedBy(sides, memory, valueOf)) {
      // What the time alone changes is left to the clock where a point says nothing of it.
      if (stirs === null || stirs > at || !isAsked(rule.condition, valueOf)) continue;
    }
    const step = takePoint(rule, memory, at, valueOf);
    memory = step.memory;
    stirs = stirsFrom(rule, memory);
    // What was due before this point came is not told of by it.
    const silentSince = isOfSilence ? (memory.since[0] ?? undefined) : undefined;
    for (const notification of step.notifications)
      notifications.push({
        notification,
        points: points.slice(0, notification.at < at ? index : index + 1),
        silentSince,
      });
  }
  return { memory, notifications };
}

function judgeLate({ watching, late, start, read }: Task, latest: number, windows: LateWindows | undefined): Judgement {
  const { rule, sides } = watching;
  let { memory } = watching;
  const window = start === undefined ? undefined : windows?.from(start);
  for (const point of late) {
    if (window && start !== undefined && point.at >= start) break;
    memory = takeBygonePoint(rule, memory, { at: point.at, latest }, read(point));
  }
  if (start === undefined || !window || window.lateFrom === Infinity) return { memory, notifications: [] };
  const { unjudgedUntil = -1 } = memory;
  const known = (judged: JudgedPoint): JudgedPoint =>
    judged.at > unjudgedUntil || windows?.isLate(judged)
      ? judged
      : { ...judged, valueOf: withoutAlarm(sides, judged.valueOf) };
  const valueBefore: ValueOf = (field) => {
    for (const judged of window.before) {
      const value = known(judged).valueOf(field);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const points = start > unjudgedUntil ? window.points : window.points.map(known);
  const step = takeLatePoints(rule, memory, { from: start, lateFrom: window.lateFrom, valueBefore, points });
  const notifications = step.notifications.map(({ seen, ...notification }): NotificationWithPoints => ({
    notification,
    points: window.storedUpTo(seen),
    until: notification.at + 1,
  }));
  return { memory: step.memory, notifications, isToLatest: true };
}

/** What was there before the rule may end an alarm, and is none itself. */
function withoutAlarm(sides: readonly SimpleCondition[], valueOf: ValueOf): ValueOf {
  return (field) => {
    const value = valueOf(field);
    return sides.some((side) => side.field === field && value !== undefined && meets(side, value)) ? undefined : value;
  };
}
