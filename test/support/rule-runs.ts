import { initialState, type AlertState, type RuleDefinition } from '../../src/alerting/conditions/alert-state';
import { evaluatePoint, evaluateTime, type Transition } from '../../src/alerting/conditions/state-machine';
import { MINUTE, START } from './rules';

/** A point, or a run of the scheduler. */
export type Happening =
  | { readonly at: number; readonly values: Readonly<Record<string, number>> }
  | { readonly at: number; readonly values?: undefined };

/** Evaluates a rule at points and runs of the scheduler, in order. */
export function run(
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

export const point = (minute: number, temperature: number): Happening => ({
  at: START + minute * MINUTE,
  values: { temperature },
});
export const time = (minute: number): Happening => ({ at: START + minute * MINUTE });
