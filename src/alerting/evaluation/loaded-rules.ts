import type { EntityManager } from 'typeorm';
import { selectRows } from '../../database/select-rows';
import { query } from '../../database/sql';
import type { AlertState, RuleDefinition } from '../conditions/alert-state';
import type { Condition } from '../conditions/condition';
import { AlertRule } from './alert-rule.entity';

const MINUTE_MILLIS = 60_000;
const ACTIVE = `SELECT id, bucket_id AS "bucketId", source_id AS "sourceId", name, "condition", status,
  memory AS "alertState", parsed_condition AS "parsedCondition", cooldown_minutes AS "cooldownMinutes",
  repeat_minutes AS "repeatMinutes", due_at AS "dueAt", last_triggered_at AS "lastTriggeredAt",
  created_at AS "createdAt", updated_at AS "updatedAt"
  FROM alert_rules WHERE source_id = ? AND status = 'active' ORDER BY id`;

type Row = Omit<AlertRule, 'parsedCondition' | 'alertState'> & {
  readonly parsedCondition: string;
  readonly alertState: string;
};

/** A row and its definition, ready for evaluation. */
export interface LoadedRule extends RuleDefinition {
  readonly row: AlertRule;
}

export function toLoadedRule(row: AlertRule): LoadedRule {
  const { parsedCondition: condition, cooldownMinutes, repeatMinutes } = row;
  const repeatMillis = (repeatMinutes ?? cooldownMinutes) * MINUTE_MILLIS;
  return { row, condition, cooldownMillis: cooldownMinutes * MINUTE_MILLIS, repeatMillis };
}

/** The active rules of a source. Raw SQL, because they are read again after each change of a state. */
export async function readActiveRules(manager: EntityManager, sourceId: string): Promise<LoadedRule[]> {
  return (await query<Row>(manager, ACTIVE, [sourceId])).map((row) =>
    toLoadedRule({
      ...row,
      parsedCondition: JSON.parse(row.parsedCondition) as Condition,
      alertState: JSON.parse(row.alertState) as AlertState,
    }),
  );
}

/** Which rules: one, those of a data source or those of a bucket. */
export type RuleFilter = { readonly id: string } | { readonly sourceId: string } | { readonly bucketId: string };

/** Rules of any status. */
export function findRules(manager: EntityManager, filter: RuleFilter): Promise<AlertRule[]> {
  const [column, value] =
    'id' in filter
      ? ['id', filter.id]
      : 'sourceId' in filter
        ? ['source_id', filter.sourceId]
        : ['bucket_id', filter.bucketId];
  return selectRows(manager, AlertRule, `WHERE ${column} = ?`, [value]);
}
