import type { EntityManager } from 'typeorm';
import { newId } from '../common/ids';
import { bulkInsert } from '../database/bulk-insert';
import { isPostgres, query } from '../database/sql';
import { Delivery } from './delivery.entity';
import { DELIVERIES_PER_TRIM, trimOutbox } from './outbox-bounds';
import type { Summary } from './payload-formats';
import { NO_URL, Webhook } from './webhook.entity';

/** The content of a message. */
export interface Notice {
  readonly event: string;
  /** The body in the standard format. `data` gets a `sequence`, which increases within a webhook. */
  readonly payload: { readonly data: object };
  readonly summary: Summary;
}

/** A message and its webhook. */
export interface QueuedMessage {
  readonly webhookId: string;
  readonly notice: Notice;
}

/** Numbers the next message of a webhook; it is due at once if the queue is empty. Locks the row until the transaction ends. */
const NUMBER = `webhooks SET sequence = sequence + 1,
  next_at = CASE WHEN switched_off_at IS NULL AND url <> '' THEN coalesce(next_at, ?) ELSE next_at END`;
const NUMBERED = 'RETURNING id, sequence, url, queue, switched_off_at AS "switchedOffAt"';
/**
 * One statement for many webhooks, whose ids are a JSON array, or are joined by commas on PostgreSQL. `OR FAIL` for the reason of
 * `INSERT_ROWS`.
 */
const NUMBER_ALL_SQLITE = `UPDATE OR FAIL ${NUMBER} WHERE id IN (SELECT value FROM json_each(?)) ${NUMBERED}`;
const NUMBER_ALL_POSTGRES = `UPDATE ${NUMBER} WHERE id = ANY(string_to_array(?, ',')) ${NUMBERED}`;
const LOCK_ALL = `SELECT 1 FROM webhooks WHERE id = ANY(string_to_array(?, ',')) ORDER BY id FOR UPDATE`;
interface Numbered {
  readonly id: string;
  readonly sequence: number;
  readonly url: string;
  readonly queue: string | null;
  readonly switchedOffAt: number | null;
}

export const SWITCHED_OFF = 'The webhook is off: its receiver answered 410';

/**
 * Adds messages to the outbox; messages of the same webhook keep this order. Webhooks without a URL are skipped.
 *
 * @param queueOf computes the queue of a webhook that an earlier version stored
 * @throws Error if a webhook does not exist
 */
export async function enqueueAll(
  manager: EntityManager,
  messages: readonly QueuedMessage[],
  queueOf: (webhook: Pick<Webhook, 'id' | 'url'>) => Pick<Webhook, 'receiver' | 'queue'>,
): Promise<void> {
  const now = Date.now();
  for (const round of roundsOf(messages)) {
    const numbered = await numberAll(manager, [...round.keys()], now);
    const deliveries: Delivery[] = [];
    for (const webhook of numbered) {
      const { id, url, queue } = webhook;
      const notice = round.get(id);
      if (url === NO_URL || !notice) continue;
      // Earlier versions stored no queue.
      if (queue === null) await manager.update(Webhook, { id }, queueOf({ id, url }));
      deliveries.push(deliveryOf(webhook, notice, now));
    }
    await bulkInsert(manager, Delivery, deliveries);
    for (const { webhookId } of deliveries)
      if (Math.random() * DELIVERIES_PER_TRIM < 1) await trimOutbox(manager, webhookId);
  }
}

/** Splits messages into rounds with at most one message per webhook. */
function roundsOf(messages: readonly QueuedMessage[]): Map<string, Notice>[] {
  const rounds: Map<string, Notice>[] = [];
  const counts = new Map<string, number>();
  for (const { webhookId, notice } of messages) {
    const index = counts.get(webhookId) ?? 0;
    counts.set(webhookId, index + 1);
    (rounds[index] ??= new Map<string, Notice>()).set(webhookId, notice);
  }
  return rounds;
}

async function numberAll(manager: EntityManager, ids: readonly string[], now: number): Promise<Numbered[]> {
  const onPostgres = isPostgres(manager);
  const list = onPostgres ? ids.join(',') : JSON.stringify(ids);
  if (onPostgres) await query(manager, LOCK_ALL, [list]);
  const numbered = await query<Numbered>(manager, onPostgres ? NUMBER_ALL_POSTGRES : NUMBER_ALL_SQLITE, [now, list]);
  if (numbered.length === ids.length) return numbered;
  const found = new Set(numbered.map(({ id }) => id));
  throw new Error(`There is no webhook ${ids.find((id) => !found.has(id))}`);
}

function deliveryOf(
  { id, sequence, switchedOffAt }: Numbered,
  { event, payload, summary }: Notice,
  now: number,
): Delivery {
  const isOff = switchedOffAt !== null;
  return {
    id: newId(now),
    webhookId: id,
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
}
