import { isoTime } from '../../common/times';
import type { Condition } from '../conditions/condition';
import { comparisonsOf } from '../conditions/matching';
import type { Schema } from '../../sources/schema';
import type { Value } from '../../points/values';
import type { Fact } from '../../webhooks/summary';
import type { Notice } from '../../webhooks/outbox';
import type { AlertRule } from './alert-rule.entity';
import { REASON_SENTENCES, formatCurrent } from './alert-text';
import type { AlertDetails } from './alert-details';

/** The data source of a rule, as messages show it. */
export interface PayloadSource {
  readonly name: string;
  readonly schema: Schema;
}

type PayloadRule = Pick<AlertRule, 'id' | 'bucketId' | 'sourceId' | 'name' | 'condition' | 'parsedCondition'>;

/** The message for the webhook of a rule. */
export function alertMessageOf(rule: PayloadRule, source: PayloadSource, alert: AlertDetails): Notice {
  const { transition, point, reason } = alert;
  const payload = {
    event: `alert.${transition.event}`,
    timestamp: isoTime(transition.at),
    bucketId: rule.bucketId,
    data: {
      alertId: rule.id,
      alertName: rule.name,
      dataSourceId: rule.sourceId,
      dataSourceName: source.name,
      condition: rule.condition,
      currentValue: currentValueOf(rule.parsedCondition, alert),
      threshold: thresholdOf(rule.parsedCondition),
      operator: rule.parsedCondition.operator,
      triggeredAt: isoTime(transition.firing.at),
      repeat: transition.firing.repeats,
      ...(reason && { reason }),
      dataPoint: point,
    },
  };
  return {
    event: payload.event,
    payload,
    summary: { title: titleOf(rule, alert), facts: factsOf(rule, source, alert) },
  };
}

/**
 * The value to compare with the threshold: of the field, or a list with one for each comparison. For `no_data`, the seconds since
 * data last arrived, or null if none ever did.
 */
export function currentValueOf(
  condition: Condition,
  { transition, values, point, noDataSince = transition.at }: AlertDetails,
): Value | null | (Value | null)[] {
  if (condition.operator === 'no_data')
    return point === null ? null : Math.max(0, Math.round((transition.at - noDataSince) / 1000));
  const own = comparisonsOf(condition).map(({ field }) => values[field] ?? null);
  return own.length === 1 ? (own[0] ?? null) : own;
}

/** The value of the comparison, both bounds of a range, a list of these for several comparisons, or the seconds of `no_data`. */
function thresholdOf(condition: Condition): unknown {
  if (condition.operator === 'no_data') return condition.value;
  const own = comparisonsOf(condition).map(({ value }) => value);
  return own.length === 1 ? own[0] : own;
}

function titleOf({ name }: PayloadRule, { transition, reason }: AlertDetails): string {
  if (transition.event === 'resolved') return `${reason ? 'Ended' : 'Resolved'}: ${name}`;
  return transition.firing.repeats > 0 ? `Alert: ${name} (reminder ${transition.firing.repeats})` : `Alert: ${name}`;
}

function factsOf(rule: PayloadRule, source: PayloadSource, alert: AlertDetails): (readonly [string, Fact])[] {
  const { transition, reason } = alert;
  const isOver = transition.event === 'resolved';
  const now: readonly [string, Fact] = reason
    ? ['Reason', REASON_SENTENCES[reason]]
    : ['Now', formatCurrent(rule.parsedCondition, alert, source.schema)];
  return [
    ['Condition', rule.condition],
    now,
    ['Data source', source.name],
    ['Triggered at', { at: transition.firing.at }],
    ...(isOver ? [[reason ? 'Ended at' : 'Resolved at', { at: transition.at }] as const] : []),
  ];
}
