import { isoTime } from '../common/times';
import type { Value } from '../points/values';
import type { Notice } from '../webhooks/webhooks.service';
import type { AlertRule } from './alert-rule.entity';
import type { Condition } from '../conditions/condition';
import { sidesOf, type Bell } from '../conditions/rule-state';

/** A point as alerts tell of it. */
export interface ToldPoint {
  readonly timestamp: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** What a bell is rung about. */
export interface Occasion {
  readonly bell: Bell;
  /** The values of the condition's fields as they stand, by name. */
  readonly values: Readonly<Record<string, Value | undefined>>;
  /** The point that it was judged by; null where there never was one. */
  readonly point: ToldPoint | null;
  /** When it was triggered: now, or before it was resolved. */
  readonly triggeredAt: number;
}

type ToldRule = Pick<AlertRule, 'id' | 'bucketId' | 'sourceId' | 'name' | 'condition' | 'parsedCondition'>;

/** What the receiver of a rule's webhook is told. */
export function noticeOf(rule: ToldRule, sourceName: string, { bell, values, point, triggeredAt }: Occasion): Notice {
  const currentValue = currentValueOf(rule.parsedCondition, values, point, bell.at);
  const payload = {
    event: `alert.${bell.event}`,
    timestamp: isoTime(bell.at),
    bucketId: rule.bucketId,
    data: {
      alertId: rule.id,
      alertName: rule.name,
      dataSourceId: rule.sourceId,
      dataSourceName: sourceName,
      condition: rule.condition,
      currentValue,
      threshold: thresholdOf(rule.parsedCondition),
      operator: rule.parsedCondition.operator,
      triggeredAt: isoTime(triggeredAt),
      dataPoint: point,
    },
  };
  const isOver = bell.event === 'resolved';
  const facts: [string, string][] = [
    ['Condition', rule.condition],
    ['Now', sayValue(rule.parsedCondition, currentValue)],
    ['Data source', sourceName],
    [isOver ? 'Resolved at' : 'Triggered at', isoTime(bell.at)],
  ];
  return { event: payload.event, payload, told: { title: `${isOver ? 'Resolved' : 'Alert'}: ${rule.name}`, facts } };
}

/**
 * What stands against the threshold: the field's value; those of both sides; of silence, its length in seconds, null if
 * nothing ever came.
 */
export function currentValueOf(
  condition: Condition,
  values: Occasion['values'],
  point: ToldPoint | null,
  at: number,
): Value | null | (Value | null)[] {
  if (condition.operator === 'no_data')
    return point === null ? null : Math.max(0, Math.round((at - Date.parse(point.timestamp)) / 1000));
  const own = sidesOf(condition).map(({ field }) => values[field] ?? null);
  return own.length === 1 ? (own[0] ?? null) : own;
}

/** The number that is compared with; both of a range; a list of these for two conditions; of silence, its seconds. */
function thresholdOf(condition: Condition): unknown {
  if (condition.operator === 'no_data') return condition.value;
  const own = sidesOf(condition).map(({ value }) => value);
  return own.length === 1 ? own[0] : own;
}

function sayValue(condition: Condition, value: ReturnType<typeof currentValueOf>): string {
  if (condition.operator === 'no_data') return value === null ? 'no data yet' : `no data for ${String(value)} seconds`;
  const own = Array.isArray(value) ? value : [value];
  return sidesOf(condition)
    .map(({ field }, index) => `${field} = ${own[index] === null ? 'unknown' : String(own[index])}`)
    .join(', ');
}
