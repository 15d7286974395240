import fc from 'fast-check';
import { point, run, time, type Happening } from '../../../test/support/rule-runs';
import { hot, MINUTE, minutes, rule, START } from '../../../test/support/rules';
import { repetitions } from '../../../test/support/repetitions';
import { adjustToClock } from './alert-state';
import { evaluateTime, timerDueAt, type Transition } from './state-machine';

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
    { numRuns: repetitions(200, 2000) },
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
    { numRuns: repetitions(200, 2000) },
  );
});
