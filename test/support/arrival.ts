import fc from 'fast-check';
import { isMovedLate, takeLatePoints, windowFrom, type JudgedPoint } from '../../src/conditions/late-points';
import {
  armed,
  fieldsOf,
  takePoint,
  type Bell,
  type Judged,
  type Memory,
  type ValueOf,
} from '../../src/conditions/rule-state';

export const MINUTE = 60_000;

/** A point, so many minutes after a start. */
export interface Sent {
  readonly minute: number;
  readonly values: Readonly<Record<string, number>>;
}

export const inOrder = (sent: readonly Sent[]) => [...sent].sort((one, other) => one.minute - other.minute);

/** What a rule makes of points as they come, each judged in its time or late, among all that came before. */
export const arrivedAt = (start: number) => {
  const judged = ({ minute, values }: Sent): JudgedPoint => ({
    at: start + minute * MINUTE,
    valueOf: (field) => values[field],
  });
  return (one: Judged, sent: readonly Sent[]): { bells: Bell[]; memory: Memory; memories: Memory[] } => {
    let memory = armed(one, start);
    const bells: Bell[] = [];
    const memories: Memory[] = [];
    const stored: Sent[] = [];
    for (const next of sent) {
      const { at, valueOf } = judged(next);
      const isOld = (field: string) =>
        stored.some(({ minute, values }) => minute > next.minute && values[field] !== undefined);
      const isTold = memory.state === 'triggered';
      if (!isTold && fieldsOf(one.condition).some(isOld)) {
        if (isMovedLate(one, memory, judged(next))) {
          const from = Math.max(start, windowFrom(one, memory, at));
          const [before, after] = [true, false].map((isBefore) =>
            inOrder([...stored, next])
              .map(judged)
              .filter((other) => other.at < from === isBefore),
          ) as [JudgedPoint[], JudgedPoint[]];
          const valueBefore = (field: string) =>
            before.map((other) => other.valueOf(field)).findLast((value) => value !== undefined);
          const step = takeLatePoints(one, memory, { from, lateFrom: at, valueBefore, points: after });
          memory = step.memory;
          bells.push(...step.bells.map(({ event, at: rungAt }) => ({ event, at: rungAt })));
        }
      } else {
        const newValueOf: ValueOf = (field) => (isTold && isOld(field) ? undefined : valueOf(field));
        if (fieldsOf(one.condition).some((field) => newValueOf(field) !== undefined)) {
          const step = takePoint(one, memory, at, newValueOf);
          memory = step.memory;
          bells.push(...step.bells);
        }
      }
      stored.push(next);
      memories.push(memory);
    }
    return { bells, memory, memories };
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
