import { point, run, time, type Happening } from '../../../test/support/rule-runs';
import { damp, hot, MINUTE, minutes, rule, START } from '../../../test/support/rules';
import type { Condition } from './condition';
import { matches } from './matching';

const silent: Condition = { field: null, operator: 'no_data', value: 1800 };

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
