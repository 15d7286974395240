import type { PackedPoint } from '../points/values';
import type { Movable } from '../conditions/calm';
import type { SimpleCondition } from '../conditions/condition';
import { takeBygonePoint, takeLatePoints, windowFrom, type JudgedPoint } from '../conditions/late-points';
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
  readonly windows: LateWindows;
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

/** What a rule makes of a batch. */
export async function judge(watching: Watching, batch: Batch): Promise<Judgement> {
  if (watching.rule.condition.operator === 'no_data') return judgeOnTime(watching, watching.rule.row.memory, batch);
  const late = await judgeLate(watching, batch);
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

async function judgeLate({ rule, sides }: Watching, { late, latest, windows, slots }: Batch): Promise<Judgement> {
  let { memory } = rule.row;
  if (memory.state === 'triggered') return { memory, rung: [] };
  const earliest = latest - LATE_MILLIS;
  const first = late.find((point) => point.at >= earliest && isMovedLate(sides, memory, toJudged(point, slots)));
  const from = first && Math.max(earliest, windowFrom(rule, memory, first.at));
  const window = from === undefined ? undefined : await windows.from(from);
  for (const point of late) {
    if (window && from !== undefined && point.at >= from) break;
    memory = takeBygonePoint(rule, memory, { at: point.at, latest }, readerOf(point, slots));
  }
  if (from === undefined || !window || window.news.size === 0) return { memory, rung: [] };
  const { unjudgedUntil = -1 } = memory;
  const known = (judged: JudgedPoint): JudgedPoint =>
    judged.at > unjudgedUntil || window.news.has(judged)
      ? judged
      : { ...judged, valueOf: withoutAlarm(sides, judged.valueOf) };
  const valueBefore: ValueOf = (field) => {
    for (const judged of window.before) {
      const value = known(judged).valueOf(field);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const points = from > unjudgedUntil ? window.points : window.points.map(known);
  const step = takeLatePoints(rule, memory, { from, lateFrom: window.lateFrom, valueBefore, points });
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

/** Whether one that comes late could make a difference: it may also show that something has held for longer. */
function isMovedLate(sides: readonly SimpleCondition[], { since }: Memory, { at, valueOf }: JudgedPoint): boolean {
  return sides.some((side, index) => {
    const value = valueOf(side.field);
    const held = since[index] ?? null;
    return value !== undefined && (meets(side, value) ? held === null || at < held : held !== null && at >= held);
  });
}
