import type { EntityManager } from 'typeorm';
import { isPostgres, query } from '../database/sql';

/** Queued deliveries per webhook. Beyond this limit, the oldest ones are given up. */
export const MAX_WAITING = 1000;
/** Finished deliveries per webhook. Beyond this limit, the oldest ones are removed. */
export const MAX_FINISHED = 2000;
/** Bounds are checked on average once per this many deliveries. */
export const DELIVERIES_PER_TRIM = 100;

export const TOO_MANY_WAITED = `It was given up: ${MAX_WAITING} later ones were waiting for the same receiver`;

const BEYOND = 'created_at DESC, id DESC LIMIT 1000 OFFSET ?';
/** The queued messages beyond a bound, in the order of the index of one webhook. Ordered by time alone, SQLite would walk the queued messages of all webhooks. */
export const WAITING = `SELECT id FROM webhook_deliveries WHERE webhook_id = ? AND status = 'waiting' ORDER BY sequence DESC, ${BEYOND}`;
const FINISHED = `SELECT id FROM webhook_deliveries WHERE webhook_id = ? AND status <> 'waiting' ORDER BY ${BEYOND}`;
const GIVE_UP = "UPDATE webhook_deliveries SET status = 'failed', error = ? WHERE id IN";

/** Gives up the oldest queued deliveries of a webhook beyond `MAX_WAITING`, and removes the oldest finished ones beyond `MAX_FINISHED`. */
export async function trimOutbox(manager: EntityManager, webhookId: string): Promise<void> {
  // Rows locked by a delivery are left for the next check: waiting for them here could deadlock.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const find = async (sql: string, most: number) =>
    (await query<{ id: string }>(manager, sql + lock, [webhookId, most])).map(({ id }) => id);
  const waiting = await find(WAITING, MAX_WAITING);
  if (waiting.length > 0) await query(manager, `${GIVE_UP} (${placeholders(waiting)})`, [TOO_MANY_WAITED, ...waiting]);
  const finished = await find(FINISHED, MAX_FINISHED);
  if (finished.length > 0)
    await query(manager, `DELETE FROM webhook_deliveries WHERE id IN (${placeholders(finished)})`, finished);
}

function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
