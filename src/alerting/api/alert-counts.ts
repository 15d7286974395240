import type { AlertCounts, AlertScope } from '../../analytics/alert-activity';
import { query } from '../../database/sql';
import { countFailures } from '../../webhooks/failure-counts';

const LIVE = 'b.id = r.bucket_id AND b.organization_id = ? AND b.deleted_at IS NULL';
const ACTIVE = `SELECT count(*) AS count FROM alert_rules r JOIN buckets b ON ${LIVE} WHERE r.status = 'active'`;
const LAST = `SELECT max(r.last_triggered_at) AS at FROM alert_rules r JOIN buckets b ON ${LIVE} WHERE 1 = 1`;
const TRIGGERED = `SELECT r.name, count(*) AS count FROM alert_events e JOIN alert_rules r ON r.id = e.rule_id
  JOIN buckets b ON ${LIVE} WHERE e.event = 'triggered' AND e.at >= ? AND e.at < ?`;
const IDS = `SELECT r.id FROM alert_rules r JOIN buckets b ON ${LIVE} WHERE 1 = 1`;
const BY_RULE = ' GROUP BY r.id, r.name, r.created_at ORDER BY r.created_at, r.id';

/** A statement for the rules of a scope, and its values after those of the organization and of `more`. */
function within(sql: string, { organizationId, bucketId, dataSourceId }: AlertScope, ...more: number[]) {
  const values: (string | number)[] = [organizationId, ...more];
  if (bucketId !== undefined) values.push(bucketId);
  if (dataSourceId != null) values.push(dataSourceId);
  const ofBucket = bucketId === undefined ? '' : ' AND r.bucket_id = ?';
  return [sql + ofBucket + (dataSourceId == null ? '' : ' AND r.source_id = ?'), values] as const;
}

/** What analytics say of alerts. */
export const alertCounts: AlertCounts = {
  async active(manager, scope) {
    const [row] = await query<{ count: number }>(manager, ...within(ACTIVE, scope));
    return row?.count ?? 0;
  },

  async lastTriggeredAt(manager, scope) {
    const [row] = await query<{ at: number | null }>(manager, ...within(LAST, scope));
    return row?.at ?? null;
  },

  async triggered(manager, scope, range) {
    const [sql, values] = within(TRIGGERED, scope, ...range);
    const rows = await query<{ name: string; count: number }>(manager, sql + BY_RULE, values);
    return rows;
  },

  failures(manager, scope, sinceMillis) {
    return countFailures(manager, within(IDS, scope), sinceMillis);
  },
};
