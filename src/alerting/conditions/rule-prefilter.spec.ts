import fc from 'fast-check';
import { Calm, mayMove, type Movable } from './rule-prefilter';
import type { Value } from '../../points/values';
import type { Condition } from './condition';
import { isMovedBy, sidesOf, stirsFrom, type Memory } from './rule-state';
import { judgedValue } from './sides';
import { Cover } from './value-range';

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
    const sides = of.operator === 'no_data' ? [] : sidesOf(of);
    const memory = { state, since: times.slice(0, sides.length), eitherSince: null, quietUntil } as Memory;
    const stirs = stirsFrom({ condition: of, cooldownMillis: 1000 }, memory);
    return { sides, memory, stirs } satisfies Movable;
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
      const covers = new Map<string, Cover>();
      for (const { values } of points)
        for (const [name, value] of Object.entries(values)) {
          const cover = covers.get(name) ?? new Cover();
          cover.add(value);
          covers.set(name, cover);
        }
      const times = points.map(({ at }) => at);
      const crowd = { covers, first: Math.min(...times), last: Math.max(...times) };
      const moved = new Calm(rules).movedBy(crowd);
      expect(moved).toEqual(rules.filter((one) => mayMove(one, crowd)));
      for (const one of rules) {
        if (moved.includes(one) || one.sides.length === 0) continue;
        for (const { values } of points)
          expect(isMovedBy(one.sides, one.memory, (name) => judgedValue(values[name]))).toBe(false);
      }
    }),
    { numRuns: 3000 },
  ));
