import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../../common/http/yield';
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
  FROM alert_rules WHERE source_id = ? AND status = 'active' AND id > ? ORDER BY id LIMIT ?`;

const COUNT = `SELECT count(*) AS count FROM alert_rules WHERE source_id = ? AND status = 'active'`;

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

/** Which of the active rules of a source are read, in the order of their ids. By default all. */
export interface RulePage {
  readonly after?: string;
  readonly limit?: number;
}

/** Active rules of a source. Raw SQL, because they are read again after each change of a state. */
export async function readActiveRules(
  manager: EntityManager,
  sourceId: string,
  { after = '', limit = Number.MAX_SAFE_INTEGER }: RulePage = {},
  yieldTurn?: YieldTurn,
): Promise<LoadedRule[]> {
  const rules: LoadedRule[] = [];
  for (const row of await query<Row>(manager, ACTIVE, [sourceId, after, limit])) {
    await yieldTurn?.();
    rules.push(
      toLoadedRule({
        ...row,
        parsedCondition: JSON.parse(row.parsedCondition) as Condition,
        alertState: JSON.parse(row.alertState) as AlertState,
      }),
    );
  }
  return rules;
}

/** How many active rules a source has. */
export async function countActiveRules(manager: EntityManager, sourceId: string): Promise<number> {
  const [row] = await query<{ count: number }>(manager, COUNT, [sourceId]);
  return row?.count ?? 0;
}

/** Which rules: one, those of a data source or those of a bucket. */
export type RuleFilter = { readonly id: string } | { readonly sourceId: string } | { readonly bucketId: string };

/** The condition of a filter, with one parameter, and its value. */
export function conditionOf(filter: RuleFilter): readonly [string, string] {
  if ('id' in filter) return ['id = ?', filter.id];
  if ('sourceId' in filter) return ['source_id = ?', filter.sourceId];
  return ['bucket_id = ?', filter.bucketId];
}

/** Rules of any status. */
export function findRules(manager: EntityManager, filter: RuleFilter): Promise<AlertRule[]> {
  const [condition, value] = conditionOf(filter);
  return selectRows(manager, AlertRule, `WHERE ${condition}`, [value]);
}
