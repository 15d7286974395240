import { isoTime } from '../../common/times';
import type { Condition } from '../conditions/condition';
import { sidesOf } from '../conditions/rule-state';
import type { Schema } from '../../sources/schema';
import type { Value } from '../../points/values';
import type { Fact } from '../../webhooks/summary';
import type { Notice } from '../../webhooks/outbox';
import type { AlertRule } from './alert-rule.entity';
import { END_SENTENCES, sayNow } from './message-words';
import type { Occasion } from './occasion';

/** The data source that a rule judges, as messages name it. */
export interface ToldSource {
  readonly name: string;
  readonly schema: Schema;
}

type ToldRule = Pick<AlertRule, 'id' | 'bucketId' | 'sourceId' | 'name' | 'condition' | 'parsedCondition'>;

/** The message for the receiver of a rule's webhook. */
export function noticeOf(rule: ToldRule, source: ToldSource, occasion: Occasion): Notice {
  const { notification, point, reason } = occasion;
  const payload = {
    event: `alert.${notification.event}`,
    timestamp: isoTime(notification.at),
    bucketId: rule.bucketId,
    data: {
      alertId: rule.id,
      alertName: rule.name,
      dataSourceId: rule.sourceId,
      dataSourceName: source.name,
      condition: rule.condition,
      currentValue: currentValueOf(rule.parsedCondition, occasion),
      threshold: thresholdOf(rule.parsedCondition),
      operator: rule.parsedCondition.operator,
      triggeredAt: isoTime(notification.firing.at),
      repeat: notification.firing.repeats,
      ...(reason && { reason }),
      dataPoint: point,
    },
  };
  return {
    event: payload.event,
    payload,
    told: { title: titleOf(rule, occasion), facts: factsOf(rule, source, occasion) },
  };
}

/**
 * What stands against the threshold: the field's value; those of all sides; of silence, how many seconds it has lasted, null if
 * nothing ever came.
 */
export function currentValueOf(
  condition: Condition,
  { notification, values, point, silentSince = notification.at }: Occasion,
): Value | null | (Value | null)[] {
  if (condition.operator === 'no_data')
    return point === null ? null : Math.max(0, Math.round((notification.at - silentSince) / 1000));
  const own = sidesOf(condition).map(({ field }) => values[field] ?? null);
  return own.length === 1 ? (own[0] ?? null) : own;
}

/** The number that is compared with; both of a range; a list of these for several conditions; of silence, its seconds. */
function thresholdOf(condition: Condition): unknown {
  if (condition.operator === 'no_data') return condition.value;
  const own = sidesOf(condition).map(({ value }) => value);
  return own.length === 1 ? own[0] : own;
}

function titleOf({ name }: ToldRule, { notification, reason }: Occasion): string {
  if (notification.event === 'resolved') return `${reason ? 'Ended' : 'Resolved'}: ${name}`;
  return notification.firing.repeats > 0
    ? `Alert: ${name} (reminder ${notification.firing.repeats})`
    : `Alert: ${name}`;
}

function factsOf(rule: ToldRule, source: ToldSource, occasion: Occasion): (readonly [string, Fact])[] {
  const { notification, reason } = occasion;
  const isOver = notification.event === 'resolved';
  const now: readonly [string, Fact] = reason
    ? ['Reason', END_SENTENCES[reason]]
    : ['Now', sayNow(rule.parsedCondition, occasion, source.schema)];
  return [
    ['Condition', rule.condition],
    now,
    ['Data source', source.name],
    ['Triggered at', { at: notification.firing.at }],
    ...(isOver ? [[reason ? 'Ended at' : 'Resolved at', { at: notification.at }] as const] : []),
  ];
}
