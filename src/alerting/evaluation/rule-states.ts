import type { EntityManager } from 'typeorm';
import { isPostgres, query } from '../../database/sql';
import type { AlertState } from '../conditions/alert-state';
import type { AlertRule } from './alert-rule.entity';

/** What an evaluation stores of a rule. */
export interface RuleState extends Pick<AlertRule, 'id' | 'dueAt' | 'lastTriggeredAt'> {
  readonly alertState: AlertState;
}

const SET_ONE = 'UPDATE alert_rules SET memory = ?, due_at = ?, last_triggered_at = ? WHERE id = ?';
/** One round trip for all of them. */
const SET_ALL = `UPDATE alert_rules SET memory = new.memory, due_at = new.due_at, last_triggered_at = new.last_triggered_at
  FROM json_to_recordset(CAST(? AS json)) AS new(id text, memory text, due_at bigint, last_triggered_at bigint)
  WHERE alert_rules.id = new.id`;

/** Stores the states of rules. The caller has locked their source. */
export async function storeStates(manager: EntityManager, states: readonly RuleState[]): Promise<void> {
  const rows = states.map(({ id, alertState, dueAt, lastTriggeredAt }) => ({
    id,
    memory: JSON.stringify(alertState),
    due_at: dueAt,
    last_triggered_at: lastTriggeredAt,
  }));
  if (rows.length === 0) return;
  if (isPostgres(manager)) {
    await query(manager, SET_ALL, [JSON.stringify(rows)]);
    return;
  }
  for (const { memory, due_at, last_triggered_at, id } of rows)
    await query(manager, SET_ONE, [memory, due_at, last_triggered_at, id]);
}
