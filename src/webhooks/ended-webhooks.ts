import type { EntityManager } from 'typeorm';
import { change, query, rowLock } from '../database/sql';

const RULE_DELETED = 'The alert rule was deleted before this was sent';

const IS_WAITING = `SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id AND d.status = 'waiting'`;
const LAST_WAITING = `SELECT max(d.sequence) FROM webhook_deliveries d
  WHERE d.webhook_id = webhook_deliveries.webhook_id AND d.status = 'waiting'`;

/** Drops the queued messages of webhooks whose owners are deleted, except a last message that resolves an alert. */
export async function endWebhooks(manager: EntityManager, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const among = `(${ids.map(() => '?').join(', ')})`;
  // Always locks webhooks before their deliveries, to avoid deadlocks.
  const lock = rowLock(manager, 'UPDATE');
  if (lock) await query(manager, `SELECT 1 FROM webhooks WHERE id IN ${among} ORDER BY id${lock}`, ids);
  const drop = `UPDATE webhook_deliveries SET status = 'dropped', error = ? WHERE webhook_id IN ${among}
    AND status = 'waiting' AND NOT (event = 'alert.resolved' AND sequence = (${LAST_WAITING}))`;
  await query(manager, drop, [RULE_DELETED, ...ids]);
  await query(manager, `DELETE FROM webhooks WHERE id IN ${among} AND NOT EXISTS (${IS_WAITING})`, ids);
}

/** Removes a webhook whose owner is deleted, unless a message is queued. Returns whether the webhook is gone. */
export async function removeIfDrained(manager: EntityManager, id: string): Promise<boolean> {
  await change(manager, `DELETE FROM webhooks WHERE id = ? AND NOT EXISTS (${IS_WAITING})`, [id]);
  return (await query(manager, 'SELECT 1 FROM webhooks WHERE id = ?', [id])).length === 0;
}
