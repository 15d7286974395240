import { LessThan, type EntityManager } from 'typeorm';
import { query, rowLock } from '../database/sql';
import { Delivery } from './delivery.entity';
import { Webhook } from './webhook.entity';

const IS_WAITING = `SELECT 1 FROM webhook_deliveries d
  WHERE d.webhook_id = webhooks.id AND d.status = 'waiting' AND d.sequence >= coalesce(webhooks.drop_before, 0)`;
/** Several, in case the clock was set back between two messages. */
const NEWEST = `SELECT d.status, d.event, d.sequence FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id
  ORDER BY d.created_at DESC, d.id DESC LIMIT 20`;
const LAST_RESOLVES = `SELECT 1 FROM (${NEWEST}) newest
  WHERE newest.sequence = webhooks.sequence AND newest.event = 'alert.resolved' AND newest.status = 'waiting'`;
const END = `UPDATE webhooks SET drop_before = sequence + CASE WHEN EXISTS (${LAST_RESOLVES}) THEN 0 ELSE 1 END`;

/**
 * Stops sending the queued messages of webhooks whose owners are deleted, except a last message that resolves an alert. The work does
 * not depend on the length of their queues, which `removeEnded` removes.
 */
export async function endWebhooks(manager: EntityManager, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const among = `(${ids.map(() => '?').join(', ')})`;
  // In the order of their ids, to avoid deadlocks.
  const lock = rowLock(manager, 'UPDATE');
  if (lock) await query(manager, `SELECT 1 FROM webhooks WHERE id IN ${among} ORDER BY id${lock}`, ids);
  await query(manager, `${END} WHERE id IN ${among}`, ids);
  await query(manager, `DELETE FROM webhooks WHERE id IN ${among} AND drop_before > sequence`, ids);
}

/**
 * Removes up to `most` deliveries that are no longer needed of a webhook whose owner is deleted, and the webhook unless a message is
 * still to be sent.
 *
 * @returns how many deliveries were removed, and whether the webhook is gone
 */
export async function removeEnded(
  manager: EntityManager,
  id: string,
  most: number,
): Promise<{ readonly removed: number; readonly isGone: boolean }> {
  await query(manager, `DELETE FROM webhooks WHERE id = ? AND NOT EXISTS (${IS_WAITING})`, [id]);
  const webhook = await manager.findOneBy(Webhook, { id });
  const sequence = webhook ? { sequence: LessThan(webhook.dropBefore ?? 0) } : {};
  const found = await manager.find(Delivery, {
    select: { id: true },
    where: { webhookId: id, ...sequence },
    take: most,
  });
  if (found.length > 0)
    await manager.delete(
      Delivery,
      found.map(({ id }) => id),
    );
  return { removed: found.length, isGone: !webhook };
}
