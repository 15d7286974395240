import type { EntityManager } from 'typeorm';
import { query, type SqlValue } from '../database/sql';

/** Failing webhooks and deliveries of some owners. */
export interface FailureCounts {
  /** Webhooks whose last attempt failed, without those that are switched off. */
  readonly failing: number;
  readonly switchedOff: number;
  /** Messages that were given up since a time. */
  readonly deliveriesFailed: number;
}

type Row = Readonly<Record<'failing' | 'off' | 'failed', number | null>>;

/**
 * Counts failing webhooks and deliveries.
 *
 * @param owners a statement that selects the ids of the owners, and its parameters
 */
export async function countFailures(
  manager: EntityManager,
  [owners, values]: readonly [string, readonly SqlValue[]],
  sinceMillis: number,
): Promise<FailureCounts> {
  const webhooks = `SELECT sum(CASE WHEN switched_off_at IS NULL THEN 1 ELSE 0 END) AS failing,
    sum(CASE WHEN switched_off_at IS NULL THEN 0 ELSE 1 END) AS off
    FROM webhooks WHERE failed_since IS NOT NULL AND id IN (${owners})`;
  const deliveries = `SELECT count(*) AS failed FROM webhook_deliveries
    WHERE status = 'failed' AND attempted_at >= ? AND webhook_id IN (${owners})`;
  const [counted] = await query<Row>(manager, webhooks, values);
  const [lost] = await query<Row>(manager, deliveries, [sinceMillis, ...values]);
  return {
    failing: counted?.failing ?? 0,
    switchedOff: counted?.off ?? 0,
    deliveriesFailed: lost?.failed ?? 0,
  };
}
