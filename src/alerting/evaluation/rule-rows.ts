import type { EntityManager } from 'typeorm';
import type { Condition } from '../conditions/condition';
import type { AlertState } from '../conditions/alert-state';
import { query } from '../../database/sql';
import type { AlertRule } from './alert-rule.entity';

const ACTIVE = `SELECT id, bucket_id AS "bucketId", source_id AS "sourceId", name, "condition", status, memory AS "alertState",
  parsed_condition AS "parsedCondition", cooldown_minutes AS "cooldownMinutes", repeat_minutes AS "repeatMinutes", due_at AS "dueAt",
  last_triggered_at AS "lastTriggeredAt", created_at AS "createdAt", updated_at AS "updatedAt"
  FROM alert_rules WHERE source_id = ? AND status = 'active' ORDER BY id`;

type Row = Omit<AlertRule, 'parsedCondition' | 'alertState'> & {
  readonly parsedCondition: string;
  readonly alertState: string;
};

/** The rules of a source that judge something. Made by hand, since they are read anew after each change of a state. */
export async function readActiveRules(manager: EntityManager, sourceId: string): Promise<AlertRule[]> {
  return (await query<Row>(manager, ACTIVE, [sourceId])).map((row) => ({
    ...row,
    parsedCondition: JSON.parse(row.parsedCondition) as Condition,
    alertState: JSON.parse(row.alertState) as AlertState,
  }));
}
