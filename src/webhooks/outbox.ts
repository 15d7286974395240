import type { EntityManager } from 'typeorm';
import { newId } from '../common/ids';
import { bulkInsert } from '../database/bulk-insert';
import { query } from '../database/sql';
import { Delivery } from './delivery.entity';
import { DELIVERIES_PER_TRIM, trimOutbox } from './outbox-bounds';
import type { Summary } from './payload-formats';
import { NO_URL, Webhook } from './webhook.entity';

/** What is to be told to a webhook's receiver. */
export interface Notice {
  readonly event: string;
  /** The body for programs. `data` gets a `sequence`, which rises within a webhook. */
  readonly payload: { readonly data: object };
  readonly summary: Summary;
}

/** Numbers the next message of a webhook, which is due at once if no other waits. Holds the row until the transaction's end. */
const NEXT_NUMBER = `UPDATE webhooks SET sequence = sequence + 1,
  next_at = CASE WHEN switched_off_at IS NULL AND url <> '' THEN coalesce(next_at, ?) ELSE next_at END WHERE id = ?
  RETURNING sequence, url, queue, switched_off_at AS "switchedOffAt"`;
interface Numbered {
  readonly sequence: number;
  readonly url: string;
  readonly queue: string | null;
  readonly switchedOffAt: number | null;
}

export const SWITCHED_OFF = 'The webhook is off: its receiver answered 410';

/**
 * Puts a message into the outbox, unless its webhook has no URL.
 *
 * @param queueOf computes the queue of a webhook that an earlier version stored
 * @throws Error where there is no such webhook
 */
export async function enqueue(
  manager: EntityManager,
  webhookId: string,
  { event, payload, summary }: Notice,
  queueOf: (webhook: Pick<Webhook, 'id' | 'url'>) => Pick<Webhook, 'receiver' | 'queue'>,
): Promise<void> {
  const now = Date.now();
  const [webhook] = await query<Numbered>(manager, NEXT_NUMBER, [now, webhookId]);
  if (!webhook) throw new Error(`There is no webhook ${webhookId}`);
  const { sequence, url, queue } = webhook;
  if (url === NO_URL) return;
  // Rows of versions before queues, until the server has come to them.
  if (queue === null) await manager.update(Webhook, { id: webhookId }, queueOf({ id: webhookId, url }));
  const isOff = webhook.switchedOffAt !== null;
  const delivery: Delivery = {
    id: newId(now),
    webhookId,
    sequence,
    event,
    payload: JSON.stringify({ ...payload, data: { ...payload.data, sequence } }),
    summary: JSON.stringify(summary),
    status: isOff ? 'failed' : 'waiting',
    attempts: 0,
    responseStatus: null,
    error: isOff ? SWITCHED_OFF : null,
    createdAt: now,
    queuedAt: now,
    attemptedAt: null,
  };
  await bulkInsert<Delivery>(manager, Delivery, [delivery]);
  if (Math.random() * DELIVERIES_PER_TRIM < 1) await trimOutbox(manager, webhookId);
}
