import fc from 'fast-check';
import type { Condition, SimpleCondition } from './condition';
import { initialState, adjustToClock, type RuleDefinition, type AlertState } from './alert-state';
import { matches } from './matching';
import { timerDueAt, evaluatePoint, evaluateTime, type Transition } from './state-machine';

const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 15, 10);
const hot: SimpleCondition = { field: 'temperature', operator: 'gt', value: 30 };
const damp: SimpleCondition = { field: 'humidity', operator: 'gte', value: 80 };
const silent: Condition = { field: null, operator: 'no_data', value: 1800 };
const rule = (condition: Condition, cooldownMinutes = 5): RuleDefinition => ({
  condition,
  cooldownMillis: cooldownMinutes * MINUTE,
});

type Happening =
  | { readonly at: number; readonly values: Readonly<Record<string, number>> }
  | { readonly at: number; readonly values?: undefined };

function run(
  definition: RuleDefinition,
  happenings: readonly Happening[],
): { transitions: Transition[]; states: string[]; alertState: AlertState } {
  let alertState = initialState(definition, START);
  const transitions: Transition[] = [];
  const states: string[] = [];
  for (const { at, values } of happenings) {
    const step = values
      ? evaluatePoint(definition, alertState, at, (field) => values[field])
      : evaluateTime(definition, alertState, at);
    alertState = step.alertState;
    transitions.push(...step.transitions);
    states.push(alertState.state);
  }
  return { transitions, states, alertState };
}

const point = (minute: number, temperature: number): Happening => ({
  at: START + minute * MINUTE,
  values: { temperature },
});
const time = (minute: number): Happening => ({ at: START + minute * MINUTE });
const minutes = (transitions: readonly Transition[]) =>
  transitions.map(({ event, at }) => `${event} ${(at - START) / MINUTE}`);

describe('a condition without a duration', () => {
  it('fires once when it is met, and resolves when it is no longer met', () => {
    const { transitions, states } = run(rule(hot), [point(0, 20), point(1, 31), point(2, 32), point(3, 20), time(7)]);
    expect(minutes(transitions)).toEqual(['triggered 1', 'resolved 3']);
    expect(states).toEqual(['ok', 'triggered', 'triggered', 'cooldown', 'resolved']);
  });

  it('sends a reminder after the cooldown if a point still meets it', () => {
    const { transitions } = run(rule(hot), [
      point(0, 31),
      point(4, 31),
      time(6),
      point(7, 33),
      point(8, 33),
      point(12, 33),
    ]);
    expect(minutes(transitions)).toEqual(['triggered 0', 'triggered 7', 'triggered 12']);
  });

  it('waits for the cooldown if it is met again, and fires at its end without another point', () => {
    const { transitions, states } = run(rule(hot), [
      point(0, 31),
      point(1, 20),
      point(2, 31),
      time(4),
      time(5),
      point(6, 20),
    ]);
    expect(minutes(transitions)).toEqual(['triggered 0', 'resolved 1', 'triggered 5', 'resolved 6']);
    expect(states).toEqual(['triggered', 'cooldown', 'cooldown', 'cooldown', 'triggered', 'cooldown']);
  });

  it('sends nothing for an alert that ended within the cooldown', () => {
    const { transitions, states } = run(rule(hot), [point(0, 31), point(1, 20), point(2, 31), point(3, 20), time(9)]);
    expect(minutes(transitions)).toEqual(['triggered 0', 'resolved 1']);
    expect(states.at(-1)).toBe('resolved');
  });

  it('sends no reminder for points that lack the field', () => {
    const damp = { at: START + 9 * MINUTE, values: { humidity: 1 } };
    expect(minutes(run(rule(hot), [point(0, 31), damp, point(10, 31)]).transitions)).toEqual([
      'triggered 0',
      'triggered 10',
    ]);
  });

  it('ignores points that lack the field', () => {
    const { states } = run(rule(hot), [point(0, 31), { at: START + MINUTE, values: { humidity: 1 } }]);
    expect(states).toEqual(['triggered', 'triggered']);
  });
});

describe('a condition with a duration', () => {
  const lasting = rule({ ...hot, durationSeconds: 300 });

  it('is pending until it has been met for the duration', () => {
    const { transitions, states } = run(lasting, [point(0, 31), point(3, 31), point(5, 31)]);
    expect(states).toEqual(['pending', 'pending', 'triggered']);
    expect(minutes(transitions)).toEqual(['triggered 5']);
  });

  it('fires at its due time, whether a point or the scheduler comes first', () => {
    expect(minutes(run(lasting, [point(0, 31), time(60)]).transitions)).toEqual(['triggered 5']);
    expect(minutes(run(lasting, [point(0, 31), point(60, 20)]).transitions)).toEqual(['triggered 5', 'resolved 60']);
  });

  it('resolves no earlier than it fired, even if the clock of a device is behind', () => {
    const { transitions, states } = run(lasting, [point(0, 31), time(6), point(4, 20)]);
    expect(minutes(transitions)).toEqual(['triggered 5', 'resolved 5']);
    expect(states.at(-1)).toBe('cooldown');
  });

  it('restarts the duration after a point that does not meet it', () => {
    const { transitions, states } = run(lasting, [point(0, 31), point(4, 20), point(5, 31), time(9), time(10)]);
    expect(states).toEqual(['pending', 'ok', 'pending', 'pending', 'triggered']);
    expect(minutes(transitions)).toEqual(['triggered 10']);
  });
});

describe('two comparisons', () => {
  const values = (minute: number, of: Record<string, number>): Happening => ({
    at: START + minute * MINUTE,
    values: of,
  });

  it('evaluates each comparison by its newest value, even if they arrive in different points', () => {
    const both = rule({ operator: 'and', conditions: [hot, damp] });
    const { transitions } = run(both, [
      values(0, { temperature: 31 }),
      values(1, { humidity: 85 }),
      values(2, { temperature: 20 }),
    ]);
    expect(minutes(transitions)).toEqual(['triggered 1', 'resolved 2']);
  });

  it('treats an "or" that passes from one side to the other as one alert', () => {
    const either = rule({ operator: 'or', conditions: [hot, damp], durationSeconds: 300 });
    const { transitions } = run(either, [
      values(0, { temperature: 31, humidity: 10 }),
      values(2, { temperature: 31, humidity: 85 }),
      values(3, { temperature: 20, humidity: 85 }),
      time(5),
    ]);
    expect(minutes(transitions)).toEqual(['triggered 5']);
  });

  it('supports a duration for each comparison', () => {
    const each = rule({
      operator: 'and',
      conditions: [
        { ...hot, durationSeconds: 120 },
        { ...damp, durationSeconds: 240 },
      ],
    });
    const { transitions } = run(each, [values(0, { temperature: 31, humidity: 85 }), time(3), time(4)]);
    expect(minutes(transitions)).toEqual(['triggered 4']);
  });
});

describe('no data', () => {
  it('fires once, reminds after each cooldown, and resolves with the next point', () => {
    const { transitions } = run(rule(silent), [time(29), time(30), time(34), time(35), point(36, 1), time(50)]);
    expect(minutes(transitions)).toEqual(['triggered 30', 'triggered 35', 'resolved 36']);
  });

  it('fires once for a time in which the scheduler did not run', () => {
    expect(minutes(run(rule(silent), [time(1000)]).transitions)).toEqual(['triggered 30']);
  });
});

/** The same told plainly, minute by minute, for one number and whole minutes: what the notifications should be. */
function model(values: readonly (number | undefined)[], lasting: number, cooldown: number): string[] {
  const transitions: string[] = [];
  let value: number | undefined;
  let heldFor = -1;
  let isOpen = false;
  let rungAt: number | undefined;
  for (const [minute, sent] of values.entries()) {
    if (sent !== undefined) value = sent;
    heldFor = value !== undefined && value > 30 ? heldFor + 1 : -1;
    const holds = heldFor >= lasting;
    const mayRing = rungAt === undefined || minute >= rungAt + cooldown;
    if (isOpen && !holds) {
      transitions.push(`resolved ${minute}`);
      isOpen = false;
    } else if (holds && mayRing && (!isOpen || sent !== undefined)) {
      transitions.push(`triggered ${minute}`);
      isOpen = true;
      rungAt = minute;
    }
  }
  return transitions;
}

it('behaves as the plain model does, however often the scheduler runs in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.constantFrom(20, 31, 40), { nil: undefined }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      (values, lasting, cooldown, looks) => {
        const definition = rule({ ...hot, ...(lasting > 0 && { durationSeconds: lasting * 60 }) }, cooldown);
        const happenings = values.flatMap((value, minute): Happening[] =>
          value !== undefined ? [point(minute, value)] : looks[minute] ? [time(minute)] : [],
        );
        const end = time(values.length);
        const told = minutes(run(definition, [...happenings, end]).transitions);
        expect(told).toEqual(model([...values, undefined], lasting, cooldown));
      },
    ),
    { numRuns: 2000 },
  );
});

it('changes state only at a point or at its due time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(20, 31), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 90 }),
      (values, lasting, wait) => {
        const definition = rule({ ...hot, durationSeconds: lasting * 60 });
        const { alertState } = run(
          definition,
          values.map((value, minute) => point(2 * minute, value)),
        );
        const last = START + 2 * (values.length - 1) * MINUTE;
        const due = timerDueAt(definition, alertState);
        const looked = Math.min(last + wait * 10_000, (due ?? Infinity) - 1);
        expect(evaluateTime(definition, alertState, looked)).toEqual({ alertState, transitions: [] });
        if (due !== null) expect(evaluateTime(definition, alertState, due).alertState.state).not.toBe(alertState.state);
      },
    ),
  );
});

it('fires on time after the clock was set back, and only if the condition is met', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(20, 31), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 300 }),
      (values, lasting, cooldown, back) => {
        const definition = rule({ ...hot, ...(lasting > 0 && { durationSeconds: lasting * 60 }) }, cooldown);
        const { alertState } = run(
          definition,
          values.map((value, minute) => point(minute, value)),
        );
        const now = START + (values.length - 1 - back) * MINUTE;
        let moved = adjustToClock(definition, alertState, now);
        const transitions: Transition[] = [];
        const longest = now + Math.max(lasting, cooldown) * MINUTE;
        for (
          let due = timerDueAt(definition, moved);
          due !== null && due <= longest;
          due = timerDueAt(definition, moved)
        ) {
          const step = evaluateTime(definition, moved, Math.max(due, now));
          moved = step.alertState;
          transitions.push(...step.transitions);
        }
        const holds = values.at(-1) === 31;
        expect(moved.state === 'triggered').toBe(holds);
        expect(transitions.map(({ event }) => event)).toEqual(
          holds && alertState.state !== 'triggered' ? ['triggered'] : [],
        );
      },
    ),
    { numRuns: 2000 },
  );
});

it('compares by each operator', () => {
  const compare = (operator: 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'ne') =>
    [29, 30, 31].map((value) => matches({ field: 'temperature', operator, value: 30 }, value));
  expect((['gt', 'gte', 'lt', 'lte', 'eq', 'ne'] as const).map(compare)).toEqual([
    [false, false, true],
    [false, true, true],
    [true, false, false],
    [true, true, false],
    [false, true, false],
    [true, false, true],
  ]);
  const between = { field: 'temperature', operator: 'between', value: [29, 30] } as const;
  expect([28, 29, 30, 31].map((value) => matches(between, value))).toEqual([false, true, true, false]);
});
