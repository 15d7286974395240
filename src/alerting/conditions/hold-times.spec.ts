import fc from 'fast-check';
import { repetitions } from '../../../test/support/repetitions';
import type { Value } from '../../points/values';
import { isCompound, type ValueCondition } from './condition';
import { holdsFrom, applyValues, type HoldTimes } from './hold-times';
import { initialState, type AlertState } from './alert-state';
import { comparableValue, matches, comparisonsOf } from './matching';

const MINUTE = 60_000;
const LAST = 30;

const lasting = fc.constantFrom(undefined, undefined, 60, 180, 300);
const withTime = <T extends object>(part: fc.Arbitrary<T>) =>
  fc
    .tuple(part, lasting)
    .map(([one, durationSeconds]) => ({ ...one, ...(durationSeconds !== undefined && { durationSeconds }) }));
const comparison = withTime(
  fc.oneof(
    fc.record({
      field: fc.constantFrom('a', 'b'),
      operator: fc.constantFrom('gt', 'lte', 'ne'),
      value: fc.constant(1),
    }),
    fc.record({ field: fc.constant('on'), operator: fc.constantFrom('eq', 'ne'), value: fc.boolean() }),
    fc.record({
      field: fc.constant('door'),
      operator: fc.constantFrom('eq', 'ne'),
      value: fc.constantFrom('Open', 'x'),
    }),
  ),
);
const { condition } = fc.letrec<{ condition: unknown; part: unknown }>((tie) => ({
  part: fc.oneof({ maxDepth: 2 }, comparison, tie('condition')),
  condition: withTime(
    fc.record({
      operator: fc.constantFrom('and', 'or'),
      conditions: fc.array(tie('part'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));
const values = fc
  .record(
    {
      a: fc.constantFrom(0, 1, 2),
      b: fc.constantFrom(0, 1, 2),
      on: fc.boolean(),
      door: fc.constantFrom('open', 'OPEN', 'shut'),
    },
    { requiredKeys: [] },
  )
  .map((some): Readonly<Record<string, Value | undefined>> => some);
const sent = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: LAST }), values), {
  selector: ([minute]) => minute,
  minLength: 1,
  maxLength: 15,
});

/** Whether a condition holds at a minute, found by looking at every minute before. */
function holdsAt(
  part: ValueCondition,
  minute: number,
  valueAt: (field: string, at: number) => Value | undefined,
): boolean {
  const holdsNow = (at: number): boolean => {
    if (isCompound(part)) {
      const all = part.conditions.map((one) => holdsAt(one, at, valueAt));
      return part.operator === 'and' ? !all.includes(false) : all.includes(true);
    }
    const value = valueAt(part.field, at);
    return value !== undefined && matches(part, comparableValue(value) ?? value);
  };
  for (let at = minute - (part.durationSeconds ?? 0) / 60; at <= minute; at++) if (!holdsNow(at)) return false;
  return true;
}

it('holds exactly while every part has held for as long as it must, minute by minute', () => {
  let [held, heldNot] = [0, 0];
  fc.assert(
    fc.property(condition as fc.Arbitrary<ValueCondition>, sent, (one, points) => {
      const inOrder = [...points].sort(([first], [second]) => first - second);
      const valueAt = (field: string, at: number) =>
        inOrder.findLast(([minute, some]) => minute <= at && some[field] !== undefined)?.[1][field];
      let alertState: AlertState = initialState({ condition: one }, 0);
      for (let minute = 0; minute <= LAST; minute++) {
        const some = inOrder.find(([at]) => at === minute)?.[1];
        if (some) alertState = applyValues(one, alertState, minute * MINUTE, (field) => comparableValue(some[field]));
        const from = holdsFrom(one, alertState);
        const holds = from !== null && from <= minute * MINUTE;
        expect(holds).toBe(holdsAt(one, minute, valueAt));
        if (holds) held += 1;
        else heldNot += 1;
      }
    }),
    { numRuns: repetitions(150, 1500) },
  );
  expect(Math.min(held, heldNot)).toBeGreaterThan(1000);
});

it('remembers an `or` of two as rules did that had two sides at most', () => {
  const two: ValueCondition = {
    operator: 'or',
    conditions: [
      { field: 'a', operator: 'gt', value: 1 },
      { field: 'b', operator: 'gt', value: 1 },
    ],
    durationSeconds: 600,
  };
  const stored: HoldTimes = { since: [MINUTE, null], eitherSince: null };
  const handed = applyValues(
    two,
    applyValues(two, stored, 2 * MINUTE, (name) => (name === 'b' ? 2 : undefined)),
    3 * MINUTE,
    (name) => (name === 'a' ? 0 : undefined),
  );
  expect(handed).toEqual({ since: [null, 2 * MINUTE], eitherSince: MINUTE });
  expect(holdsFrom(two, handed)).toBe(11 * MINUTE);
});

it('compares booleans by themselves and texts without regard to case', () => {
  const is = (value: boolean | string) => ({ field: 'x', operator: 'eq' as const, value });
  const holds = (wanted: boolean | string, value: Value) => matches(is(wanted), comparableValue(value) ?? value);
  expect([true, false, 'true', 1].map((value) => holds(true, value))).toEqual([true, false, false, false]);
  expect(['OPEN', 'open', 'shut'].map((value) => holds('Open', value))).toEqual([true, true, false]);
  expect(holds('\u00e9', 'E\u0301')).toBe(true);
  expect(matches({ field: 'x', operator: 'ne', value: 'open' }, 'open')).toBe(false);
  expect(matches({ field: 'x', operator: 'gt', value: 1 }, '2')).toBe(false);
});

it('finds the sides of parts within parts, from left to right', () => {
  const simple = (field: string) => ({ field, operator: 'gt' as const, value: 1 });
  const within: ValueCondition = { operator: 'or', conditions: [simple('b'), simple('c')] };
  const whole: ValueCondition = { operator: 'and', conditions: [simple('a'), within, simple('d')] };
  expect(comparisonsOf(whole).map(({ field }) => field)).toEqual(['a', 'b', 'c', 'd']);
});
