import type { EntityManager } from 'typeorm';
import { query } from '../database/sql';

/** Deliveries of all organizations, counted up to `MAX_COUNTED`. */
export interface DeliveryCounts {
  /** Waiting for their first attempt or the next one. */
  readonly waiting: number;
  /** Given up since a time. */
  readonly failed: number;
}

/** Counting stops here, so that a backlog of millions costs no more than this many. */
export const MAX_COUNTED = 10_000;

const upTo = (condition: string) =>
  `(SELECT count(*) FROM (SELECT 1 AS one FROM webhook_deliveries WHERE ${condition} LIMIT ${MAX_COUNTED}) AS counted)`;
const COUNT = `SELECT ${upTo("status = 'waiting'")} AS waiting, ${upTo("status = 'failed' AND attempted_at >= ?")} AS failed`;

/** Counts the deliveries that wait, and those that were given up since a time. */
export async function countDeliveries(manager: EntityManager, sinceMillis: number): Promise<DeliveryCounts> {
  const [row] = await query<DeliveryCounts>(manager, COUNT, [sinceMillis]);
  return { waiting: Number(row?.waiting ?? 0), failed: Number(row?.failed ?? 0) };
}
