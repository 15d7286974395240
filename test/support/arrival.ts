import fc from 'fast-check';
import {
  isAffectedByLate,
  evaluateLatePoints,
  windowFrom,
  type EvaluatedPoint,
} from '../../src/alerting/conditions/late-points';
import { initialState, type RuleDefinition, type AlertState } from '../../src/alerting/conditions/alert-state';
import { fieldsOf, type ValueOf } from '../../src/alerting/conditions/matching';
import { evaluatePoint, type Transition } from '../../src/alerting/conditions/state-machine';
import { MINUTE } from './rules';

/** A point, so many minutes after a start. */
export interface Sent {
  readonly minute: number;
  readonly values: Readonly<Record<string, number>>;
  /** Whether it is stored without being evaluated. All points of a group are, or none. */
  readonly quiet?: boolean;
}

export const inOrder = (sent: readonly Sent[]) => [...sent].sort((one, other) => one.minute - other.minute);

/**
 * What a rule makes of points as they come, by themselves or some at once, each judged in its time or late, among all that
 * came before.
 */
export const arrivedAt = (start: number) => {
  const toPoint = ({ minute, values }: Sent): EvaluatedPoint => ({
    at: start + minute * MINUTE,
    valueOf: (field) => values[field],
  });
  return (one: RuleDefinition, sent: readonly (Sent | readonly Sent[])[]) => {
    let alertState = initialState(one, start);
    const transitions: Transition[] = [];
    const alertStates: AlertState[] = [];
    const stored: Sent[] = [];
    const fields = fieldsOf(one.condition);
    const newest = (field?: string) =>
      Math.max(-1, ...stored.filter(({ values }) => !field || values[field] !== undefined).map(({ minute }) => minute));
    const take = (next: Sent, valueOf: ValueOf, earliest = 0) => {
      if (!fields.some((field) => valueOf(field) !== undefined)) return;
      const step = evaluatePoint(one, alertState, Math.max(toPoint(next).at, earliest), valueOf);
      alertState = step.alertState;
      transitions.push(...step.transitions);
    };
    /** Judges what came late among all around it up to the latest. Says whether any of it could make a difference. */
    const takeLate = (group: readonly Sent[]) => {
      const limit = Math.max(...fields.map(newest));
      const first = group.find((next) => next.minute < limit && isAffectedByLate(one, alertState, toPoint(next)));
      if (!first) return false;
      const from = Math.max(start, windowFrom(one, alertState, toPoint(first).at));
      const around = inOrder([...stored, ...group.filter(({ minute }) => minute < newest())]).map(toPoint);
      const before = around.filter(({ at }) => at < from);
      const valueBefore = (field: string) =>
        before.map((other) => other.valueOf(field)).findLast((value) => value !== undefined);
      const lateFrom = Math.min(...group.map((next) => toPoint(next).at).filter((at) => at >= from));
      const points = around.filter(({ at }) => at >= from);
      const step = evaluateLatePoints(one, alertState, { from, lateFrom, valueBefore, points });
      alertState = step.alertState;
      transitions.push(...step.transitions.map(({ event, at, firing }) => ({ event, at, firing })));
      return true;
    };
    for (const some of sent) {
      const group = inOrder([some].flat());
      const newestOf = new Map(fields.map((field) => [field, newest(field)]));
      if (group.some(({ quiet }) => quiet)) {
        // They only become part of what late points are evaluated among.
      } else if (alertState.state === 'triggered') {
        const earliest = start + Math.max(...newestOf.values()) * MINUTE;
        for (const next of group) {
          const isNew = (field: string) => next.minute >= (newestOf.get(field) ?? -1);
          take(next, (field) => (isNew(field) ? next.values[field] : undefined), earliest);
        }
      } else {
        const from = takeLate(group) ? newest() : Math.max(...newestOf.values());
        for (const next of group) if (next.minute >= from) take(next, toPoint(next).valueOf);
      }
      stored.push(...group);
      alertStates.push(alertState);
    }
    return { transitions, alertState, alertStates };
  };
};

/** Points of a day, in the order in which they come. */
export function daysOf(
  values: fc.Arbitrary<Sent['values']>,
  { most }: { readonly most: number },
): fc.Arbitrary<Sent[]> {
  return fc
    .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: most })
    .chain((times) => fc.tuple(...times.map((minute) => values.map((some): Sent => ({ minute, values: some })))));
}

const temperature = fc.constantFrom(20, 31);
const humidity = fc.constantFrom(40, 85);
/** Values of both fields; of one of them at least. */
export const bothValues = fc.record({ temperature, humidity }).map((some): Sent['values'] => some);
export const someValues = fc
  .record({ temperature, humidity }, { requiredKeys: [] })
  .filter((some) => Object.keys(some).length > 0)
  .map((some): Sent['values'] => some as Record<string, number>);

/** The same groups, some of them quiet. */
export const someQuiet = (groups: fc.Arbitrary<Sent[][]>): fc.Arbitrary<Sent[][]> =>
  groups.chain((all) =>
    fc
      .array(fc.boolean(), { minLength: all.length, maxLength: all.length })
      .map((quiet) => all.map((group, index) => group.map((sent) => ({ ...sent, quiet: quiet[index] ?? false })))),
  );

/** The same points, some of them at once. */
export const inGroups = (days: fc.Arbitrary<Sent[]>): fc.Arbitrary<Sent[][]> =>
  days.chain((day) =>
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: day.length, maxLength: day.length }).map((sizes) => {
      const groups: Sent[][] = [];
      for (let done = 0; done < day.length; done += sizes[groups.length - 1] ?? 1)
        groups.push(day.slice(done, done + (sizes[groups.length] ?? 1)));
      return groups;
    }),
  );
