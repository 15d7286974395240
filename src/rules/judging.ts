import type { PackedPoint } from '../points/values';
import type { Movable } from '../conditions/calm';
import type { SimpleCondition } from '../conditions/condition';
import { isMovedLate, takeBygonePoint, takeLatePoints, windowFrom, type JudgedPoint } from '../conditions/late-points';
import { isMovedBy, meets, stirsFrom, takePoint, type Memory, type ValueOf } from '../conditions/rule-state';
import { readerOf, toJudged, type Slots } from './judged-points';
import type { LateWindows } from './late-windows';
import type { OpenRule, Rung } from './rule-book';

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
  /** Where the values of the fields are that rules ask for. */
  readonly slots: Slots;
  readonly now: number;
}

interface Judgement {
  readonly memory: Memory;
  readonly rung: readonly Rung[];
}

/** How long before the latest point others are judged by what came since. */
const LATE_MILLIS = 86_400_000;

/** From when on a rule looks at what is stored around the points that came late; undefined if none of them could move it. */
export function lateStartOf({ rule, memory }: Watching, { late, latest, slots }: Batch): number | undefined {
  const earliest = latest - LATE_MILLIS;
  const first = late.find((point) => point.at >= earliest && isMovedLate(rule, memory, toJudged(point, slots)));
  return first && Math.max(earliest, windowFrom(rule, memory, first.at));
}

/**
 * What a rule makes of a batch.
 *
 * @param windows where there is a start, what is stored around the points that came late
 */
export function judge(
  watching: Watching,
  batch: Batch,
  start: number | undefined,
  windows: LateWindows | undefined,
): Judgement {
  const late = judgeLate(watching, batch, start, windows);
  const { memory, rung } = judgeOnTime(watching, late.memory, batch);
  return { memory, rung: [...late.rung, ...rung] };
}

function judgeOnTime({ rule, sides }: Watching, before: Memory, { late, onTime, slots, now }: Batch): Judgement {
  let memory = before;
  const rung: Rung[] = [];
  const isOfSilence = rule.condition.operator === 'no_data';
  // Whatever comes ends a silence, whenever it is from.
  const points = isOfSilence ? [...late, ...onTime] : onTime;
  let stirs = stirsFrom(rule, memory);
  for (const [index, point] of points.entries()) {
    const valueOf = readerOf(point, slots);
    // A clock that is ahead does not make the future.
    const at = isOfSilence ? now : Math.min(point.at, now);
    if (!isOfSilence && !isMovedBy(sides, memory, valueOf) && (stirs === null || stirs > at)) continue;
    const step = takePoint(rule, memory, at, valueOf);
    memory = step.memory;
    stirs = stirsFrom(rule, memory);
    // What was due before this point came is not told of by it.
    for (const bell of step.bells) rung.push({ bell, points: points.slice(0, bell.at < at ? index : index + 1) });
  }
  return { memory, rung };
}

function judgeLate(
  { rule, sides, memory: before }: Watching,
  { late, latest, slots }: Batch,
  start: number | undefined,
  windows: LateWindows | undefined,
): Judgement {
  let memory = before;
  if (memory.state === 'triggered') return { memory, rung: [] };
  const window = start === undefined ? undefined : windows?.from(start);
  for (const point of late) {
    if (window && start !== undefined && point.at >= start) break;
    memory = takeBygonePoint(rule, memory, { at: point.at, latest }, readerOf(point, slots));
  }
  if (start === undefined || !window || window.lateFrom === Infinity) return { memory, rung: [] };
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
  const rung = step.bells.map(({ seen, ...bell }): Rung => ({
    bell,
    points: window.storedUpTo(seen),
    until: bell.at + 1,
  }));
  return { memory: step.memory, rung };
}

/** What was there before the rule may end an alarm, and is none itself. */
function withoutAlarm(sides: readonly SimpleCondition[], valueOf: ValueOf): ValueOf {
  return (field) => {
    const value = valueOf(field);
    return sides.some((side) => side.field === field && value !== undefined && meets(side, value)) ? undefined : value;
  };
}
