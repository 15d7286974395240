import type { RuleDefinition } from '../../src/alerting/conditions/alert-state';
import type { Condition, SimpleCondition } from '../../src/alerting/conditions/condition';
import type { Transition } from '../../src/alerting/conditions/state-machine';

export const MINUTE = 60_000;
/** The start of the tests' time. */
export const START = Date.UTC(2024, 0, 15, 10);
export const hot: SimpleCondition = { field: 'temperature', operator: 'gt', value: 30 };
export const damp: SimpleCondition = { field: 'humidity', operator: 'gte', value: 80 };

export const rule = (condition: Condition, cooldownMinutes = 5): RuleDefinition => ({
  condition,
  cooldownMillis: cooldownMinutes * MINUTE,
});

/** Transitions as texts such as `triggered 3`, with the minutes since the start. */
export const minutes = (transitions: readonly Transition[]) =>
  transitions.map(({ event, at }) => `${event} ${(at - START) / MINUTE}`);
