import fc from 'fast-check';
import { repetitions } from '../../../test/support/repetitions';
import { RulePrefilter, mayAffect, type PrefilteredRule } from './rule-prefilter';
import type { Value } from '../../points/values';
import type { Condition } from './condition';
import type { AlertState } from './alert-state';
import { comparisonsOf } from './matching';
import { isAffectedBy, transitionDueAt } from './state-machine';
import { comparableValue } from './matching';
import { ValueRange } from './value-range';

const number = fc.constantFrom(1, 2, 3, 4);
const field = fc.constantFrom('temperature', 'humidity');
const operator = fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'ne');
const simple = fc.oneof(
  fc.record({ field, operator, value: number }),
  fc.record({
    field,
    operator: fc.constant('between'),
    value: fc.tuple(number, number).map(([one, other]) => [Math.min(one, other), Math.max(one, other)]),
  }),
  fc.record({ field: fc.constant('pump'), operator: fc.constantFrom('eq', 'ne'), value: fc.boolean() }),
  fc.record({
    field: fc.constant('door'),
    operator: fc.constantFrom('eq', 'ne'),
    value: fc.constantFrom('Open', 'shut'),
  }),
);
const condition = fc.oneof(
  simple,
  fc.tuple(simple, fc.constant(60)).map(([one, durationSeconds]) => ({ ...one, durationSeconds })),
  fc.record({ operator: fc.constantFrom('and', 'or'), conditions: fc.array(simple, { minLength: 2, maxLength: 4 }) }),
  fc.constant({ field: null, operator: 'no_data', value: 60 }),
) as unknown as fc.Arbitrary<Condition>;
const time = fc.integer({ min: 0, max: 200_000 });
const rule = fc
  .record({
    condition,
    state: fc.constantFrom('ok', 'pending', 'triggered', 'cooldown', 'resolved'),
    times: fc.tuple(fc.option(time), fc.option(time), fc.option(time), fc.option(time)),
    quietUntil: fc.option(time),
  })
  .map(({ condition: of, state, times, quietUntil }) => {
    const comparisons = of.operator === 'no_data' ? [] : comparisonsOf(of);
    const alertState = {
      state,
      since: times.slice(0, comparisons.length),
      eitherSince: null,
      quietUntil,
    } as AlertState;
    const nextTransitionAt = transitionDueAt({ condition: of, cooldownMillis: 1000 }, alertState);
    return { comparisons, alertState, nextTransitionAt } satisfies PrefilteredRule;
  });
const point = fc.record({
  at: time,
  values: fc
    .record(
      { temperature: number, humidity: number, pump: fc.boolean(), door: fc.constantFrom('open', 'SHUT', 'ajar') },
      { requiredKeys: [] },
    )
    .map((some): Readonly<Record<string, Value>> => some),
});

it('passes over no rule that a point of the crowd could move', () =>
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 8 }), fc.array(point, { minLength: 1, maxLength: 5 }), (rules, points) => {
      const ranges = new Map<string, ValueRange>();
      for (const { values } of points)
        for (const [name, value] of Object.entries(values)) {
          const range = ranges.get(name) ?? new ValueRange();
          range.add(value);
          ranges.set(name, range);
        }
      const times = points.map(({ at }) => at);
      const batchRanges = { ranges, first: Math.min(...times), last: Math.max(...times) };
      const moved = new RulePrefilter(rules).affectedBy(batchRanges);
      expect(moved).toEqual(rules.filter((one) => mayAffect(one, batchRanges)));
      for (const one of rules) {
        if (moved.includes(one) || one.comparisons.length === 0) continue;
        for (const { values } of points)
          expect(isAffectedBy(one.comparisons, one.alertState, (name) => comparableValue(values[name]))).toBe(false);
      }
    }),
    { numRuns: repetitions(300, 3000) },
  ));
