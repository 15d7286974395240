import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AlertActivity, AlertScope, WebhookFailures } from '../analytics/alert-activity';
import { BUCKETS_OF_ORGANIZATION } from '../buckets/bucket-rows';
import { query } from '../database/sql';
import type { Range } from '../points/point-store';
import { countFailures } from '../webhooks/failure-counts';

const OWN = `r.bucket_id IN (${BUCKETS_OF_ORGANIZATION})`;
const ACTIVE = `SELECT count(*) AS count FROM alert_rules r WHERE ${OWN} AND r.status = 'active'`;
const LAST = `SELECT max(r.last_triggered_at) AS at FROM alert_rules r WHERE ${OWN}`;
const TRIGGERED = `SELECT r.name, count(*) AS count FROM alert_events e JOIN alert_rules r ON r.id = e.rule_id
  WHERE ${OWN} AND e.event = 'triggered' AND e.at >= ? AND e.at < ?`;
const IDS = `SELECT r.id FROM alert_rules r WHERE ${OWN}`;
const BY_RULE = ' GROUP BY r.id, r.name, r.created_at ORDER BY r.created_at, r.id';

/** A statement limited to the rules of a scope, with its parameters: the organization, `more`, then the scope. */
function within(sql: string, { organizationId, bucketId, dataSourceId }: AlertScope, ...more: number[]) {
  const values: (string | number)[] = [organizationId, ...more];
  if (bucketId !== undefined) values.push(bucketId);
  if (dataSourceId != null) values.push(dataSourceId);
  const ofBucket = bucketId === undefined ? '' : ' AND r.bucket_id = ?';
  return [sql + ofBucket + (dataSourceId == null ? '' : ' AND r.source_id = ?'), values] as const;
}

/** Counts alerts for analytics. */
@Injectable()
export class AlertStatistics implements AlertActivity {
  async active(manager: EntityManager, scope: AlertScope): Promise<number> {
    const [row] = await query<{ count: number }>(manager, ...within(ACTIVE, scope));
    return row?.count ?? 0;
  }

  async lastTriggeredAt(manager: EntityManager, scope: AlertScope): Promise<number | null> {
    const [row] = await query<{ at: number | null }>(manager, ...within(LAST, scope));
    return row?.at ?? null;
  }

  async triggered(manager: EntityManager, scope: AlertScope, range: Range) {
    const [sql, values] = within(TRIGGERED, scope, ...range);
    return query<{ name: string; count: number }>(manager, sql + BY_RULE, values);
  }

  failures(manager: EntityManager, scope: AlertScope, sinceMillis: number): Promise<WebhookFailures> {
    return countFailures(manager, within(IDS, scope), sinceMillis);
  }
}
