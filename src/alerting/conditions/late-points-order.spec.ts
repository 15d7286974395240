import fc from 'fast-check';
import { arrivedAt, bothValues, daysOf, inGroups, inOrder, someValues, type Sent } from '../../../test/support/arrival';
import { repetitions } from '../../../test/support/repetitions';
import { damp, hot, MINUTE, minutes, rule, START } from '../../../test/support/rules';
import type { AlertState, RuleDefinition } from './alert-state';
import type { Condition } from './condition';
import { matches } from './matching';
import { evaluateTime, type Transition } from './state-machine';

const arrive = arrivedAt(START);
const seconds = fc.constantFrom(0, 0, 120, 300);
const lastingFor = <T extends object>(condition: T, durationSeconds: number): T =>
  durationSeconds > 0 ? { ...condition, durationSeconds } : condition;
const conditions = fc.oneof(
  seconds.map((each): Condition => lastingFor(hot, each)),
  fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), seconds, seconds)
    .map(([operator, one, other]): Condition => ({
      operator,
      conditions: [lastingFor(hot, one), lastingFor(damp, other)],
    })),
  fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), seconds)
    .map(([operator, both]): Condition => lastingFor({ operator, conditions: [hot, damp] as const }, both)),
);
const days = daysOf(someValues, { most: 20 });
/** What has come of a rule when the day is over. */
const atEnd = (
  one: RuleDefinition,
  { transitions, alertState }: { transitions: readonly Transition[]; alertState: AlertState },
) => {
  const step = evaluateTime(one, alertState, START + 60 * MINUTE);
  return [...minutes([...transitions, ...step.transitions]), step.alertState.state];
};

it('evaluates a late point as if it had arrived in time, if nothing was sent yet', () => {
  fc.assert(
    fc.property(conditions, fc.integer({ min: 1, max: 9 }), days, fc.nat(), (condition, cooldown, day, nth) => {
      const one = rule(condition, cooldown);
      const ordered = inOrder(day);
      const late = ordered[nth % (ordered.length - 1)] as Sent;
      const others = ordered.filter((other) => other !== late);
      fc.pre(arrive(one, others).transitions.length === 0);
      expect(atEnd(one, arrive(one, [...others, late]))).toEqual(atEnd(one, arrive(one, ordered)));
    }),
    { numRuns: repetitions(300, 3000) },
  );
});

it('lets a late value interrupt an alert that passed from one side to the other', () => {
  const either: Condition = { operator: 'or', conditions: [hot, damp], durationSeconds: 300 };
  const one = rule(either, 1);
  const ordered: Sent[] = [
    { minute: 5, values: { temperature: 31 } },
    { minute: 6, values: { temperature: 20 } },
    { minute: 7, values: { temperature: 20, humidity: 85 } },
  ];
  const [first, late, last] = ordered as [Sent, Sent, Sent];
  expect(atEnd(one, arrive(one, [first, last, late]))).toEqual(atEnd(one, arrive(one, ordered)));
});

it('sends nothing for points that are sent again', () => {
  fc.assert(
    fc.property(conditions, fc.integer({ min: 1, max: 9 }), days, fc.nat(), (condition, cooldown, day, nth) => {
      const one = rule(condition, cooldown);
      const ordered = inOrder(day);
      const again = ordered[nth % (ordered.length - 1)] as Sent;
      expect(atEnd(one, arrive(one, [...ordered, again]))).toEqual(atEnd(one, arrive(one, ordered)));
    }),
    { numRuns: repetitions(300, 3000) },
  );
});

it('misses no alert, sends none twice and takes none back, in any order of points', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), daysOf(bothValues, { most: 20 }), (cooldown, day) => {
      const one = rule(hot, cooldown);
      const { transitions, alertStates } = arrive(one, day);
      const notified = transitions.filter(({ event }) => event === 'triggered').map(({ at }) => at);
      for (const [index, at] of notified.entries())
        if (index > 0) expect(at - (notified[index - 1] as number)).toBeGreaterThanOrEqual(cooldown * MINUTE);
      for (const {
        minute,
        values: { temperature = 0 },
      } of day)
        if (temperature > 30) expect(notified.some((at) => at > START + (minute - cooldown) * MINUTE)).toBe(true);
      for (const [index, { minute }] of day.entries()) {
        const isLate = day.slice(0, index).some((before) => before.minute > minute);
        if (isLate && alertStates[index - 1]?.state === 'triggered')
          expect(alertStates[index]).toBe(alertStates[index - 1]);
      }
    }),
    { numRuns: repetitions(200, 2000) },
  );
});

it('misses no alert and sends none twice, however many points arrive at once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), inGroups(days), (cooldown, groups) => {
      const one = rule(hot, cooldown);
      const known: Sent[] = [];
      let told = 0;
      for (const [index, group] of groups.entries()) {
        known.push(...group.filter(({ values }) => values.temperature !== undefined));
        const { transitions } = arrive(one, groups.slice(0, index + 1));
        for (const { event, at } of transitions.slice(told)) {
          const last = inOrder(known).findLast(({ minute }) => START + minute * MINUTE <= at);
          expect((last?.values.temperature ?? 0) > 30).toBe(event === 'triggered');
        }
        told = transitions.length;
      }
      const { transitions } = arrive(one, groups);
      const notified = transitions.filter(({ event }) => event === 'triggered').map(({ at }) => at);
      for (const [index, at] of notified.entries())
        if (index > 0) expect(at - (notified[index - 1] as number)).toBeGreaterThanOrEqual(cooldown * MINUTE);
      for (const { minute, values } of known)
        if ((values.temperature ?? 0) > 30)
          expect(notified.some((at) => at > START + (minute - cooldown) * MINUTE)).toBe(true);
    }),
    { numRuns: repetitions(100, 1000) },
  );
});

it('evaluates points in the order of time as if older points had not been stored quietly', () => {
  fc.assert(
    fc.property(conditions, fc.integer({ min: 1, max: 9 }), days, days, (condition, cooldown, day, older) => {
      const one = rule(condition, cooldown);
      const live = inOrder(day);
      const mixed = live.flatMap((sent): Sent[] => {
        const history = older.find(({ minute }) => minute < sent.minute);
        const isComplete = ['temperature', 'humidity'].every((field) => sent.values[field] !== undefined);
        return history && isComplete ? [sent, { ...history, quiet: true }] : [sent];
      });
      expect(atEnd(one, arrive(one, mixed))).toEqual(atEnd(one, arrive(one, live)));
    }),
    { numRuns: repetitions(200, 2000) },
  );
});

describe('devices with their own clocks and fields that share a source', () => {
  const hasConditionField = ({ values }: Sent) => values.temperature !== undefined;

  it('do not affect a rule by fields that it does not use', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), days, (cooldown, day) => {
        const one = rule(hot, cooldown);
        expect(atEnd(one, arrive(one, day))).toEqual(atEnd(one, arrive(one, day.filter(hasConditionField))));
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });

  it('do not end a cooldown for a rule by being ahead', () => {
    const one = rule(hot, 8);
    const at = (minute: number, values: Sent['values']): Sent => ({ minute, values });
    const day = [
      at(27, { temperature: 31 }),
      at(31, { temperature: 20 }),
      at(37, { humidity: 40 }),
      at(32, { temperature: 31 }),
      at(26, { temperature: 31 }),
      at(35, { temperature: 20 }),
    ];
    expect(atEnd(one, arrive(one, day))).toEqual(['triggered 27', 'resolved 31', 'resolved']);
  });

  it('do not affect a rule with a duration, if each sends in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }), days, (lasting, cooldown, day) => {
        const one = rule({ ...hot, durationSeconds: lasting * 60 }, cooldown);
        const asked = inOrder(day.filter(hasConditionField));
        const turns = asked.values();
        const mixed = day.map((sent) => (hasConditionField(sent) ? (turns.next().value ?? sent) : sent));
        expect(atEnd(one, arrive(one, mixed))).toEqual(atEnd(one, arrive(one, asked)));
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });

  it('leave no alert firing that the newest value of any of them ends', () => {
    const conjunction = fc
      .constantFrom('and' as const, 'or' as const)
      .map((operator): Condition => ({ operator, conditions: [hot, damp] }));
    fc.assert(
      fc.property(conjunction, fc.integer({ min: 1, max: 9 }), days, (condition, cooldown, day) => {
        const { alertState } = arrive(rule(condition, cooldown), day);
        const ordered = inOrder(day);
        const isMet = [hot, damp].map((comparison) => {
          const value = ordered.findLast(({ values }) => values[comparison.field] !== undefined)?.values[
            comparison.field
          ];
          return value !== undefined && matches(comparison, value);
        });
        const holds = condition.operator === 'and' ? !isMet.includes(false) : isMet.includes(true);
        if (alertState.state === 'triggered') expect(holds).toBe(true);
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });
});
