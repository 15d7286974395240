import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { databaseBytes } from '../database/size';
import { query } from '../database/sql';
import { visibleFrom } from '../common/retention';
import type { Range } from '../points/point-store';
import { countAllStored, countSilent, storedTotal } from '../points/point-totals';
import { countFrom, countRange, SOURCES_PER_STATEMENT } from '../points/visible-points';

const OWN_SOURCES = `FROM data_sources s JOIN buckets b ON b.id = s.bucket_id
  WHERE b.organization_id = ? AND b.deleted_at IS NULL AND s.deleted_at IS NULL`;
const TOTALS = `SELECT
  (SELECT name FROM organizations WHERE id = ?) AS name,
  (SELECT count(*) FROM buckets WHERE organization_id = ? AND deleted_at IS NULL) AS buckets,
  (SELECT count(*) FROM api_keys WHERE organization_id = ? AND deleted_at IS NULL AND disabled_at IS NULL
    AND retired_at IS NULL AND (expires_at IS NULL OR expires_at > ?) AND session_of IS NULL) AS "apiKeys",
  (SELECT count(*) ${OWN_SOURCES}) AS "dataSources"`;
const COUNT_ORGANIZATIONS = 'SELECT count(*) AS count FROM organizations';
const SOURCES = `SELECT s.number ${OWN_SOURCES} AND s.number > ? ORDER BY s.number LIMIT ${SOURCES_PER_STATEMENT}`;
const HAS_RETENTION = `SELECT 1 FROM buckets
  WHERE organization_id = ? AND deleted_at IS NULL AND retention_days IS NOT NULL LIMIT 1`;
const SOURCES_BY_RETENTION = `SELECT s.number, b.retention_days AS "retentionDays" ${OWN_SOURCES} AND s.number > ?
  ORDER BY s.number LIMIT ${SOURCES_PER_STATEMENT}`;
type Counted = { readonly count: number };

/** The stored data of an organization. */
export interface OrganizationTotals {
  readonly name: string;
  readonly buckets: number;
  readonly dataSources: number;
  readonly apiKeys: number;
  /** Includes points that the retention hides and that are not erased yet. */
  readonly storedPoints: number;
  /** When points last arrived, in milliseconds since 1970, even if they were deleted; null if none ever did. */
  readonly ingestedAt: number | null;
}

export async function totalsOf(manager: EntityManager, organizationId: string): Promise<OrganizationTotals> {
  const [things] = await query<Record<'buckets' | 'apiKeys' | 'dataSources', number> & { name: string }>(
    manager,
    TOTALS,
    [organizationId, organizationId, organizationId, Date.now(), organizationId],
  );
  const points = await storedTotal(manager, `SELECT s.number ${OWN_SOURCES}`, [organizationId]);
  return {
    name: things?.name ?? '',
    buckets: things?.buckets ?? 0,
    dataSources: things?.dataSources ?? 0,
    apiKeys: things?.apiKeys ?? 0,
    storedPoints: points.count,
    ingestedAt: points.ingestedAt,
  };
}

/** The size of the database in bytes; if organizations share it, in proportion to their points. */
export async function storageOf(manager: EntityManager, { storedPoints }: OrganizationTotals): Promise<number> {
  const bytes = await databaseBytes(manager);
  const [organizations] = await query<Counted>(manager, COUNT_ORGANIZATIONS, []);
  if (!organizations || organizations.count <= 1) return bytes;
  const points = await countAllStored(manager);
  return points === 0 ? 0 : Math.round((bytes * storedPoints) / points);
}

/** The number of points in a time range, over all buckets of an organization. */
export async function countPoints(
  manager: EntityManager,
  organizationId: string,
  range: Range,
  yieldTurn: YieldTurn,
): Promise<number> {
  let count = 0;
  for (let after = -1; ;) {
    const sources = await query<{ number: number }>(manager, SOURCES, [organizationId, after]);
    if (sources.length === 0) return count;
    after = sources.at(-1)?.number ?? after;
    const numbers = sources.map(({ number }) => number);
    count += await countRange(manager, numbers, range);
    await yieldTurn();
  }
}

/** The number of active sources whose last points arrived before a time. Sources that never had points are not counted. */
export function silentSources(manager: EntityManager, organizationId: string, beforeMillis: number): Promise<number> {
  return countSilent(manager, `SELECT s.number ${OWN_SOURCES} AND s.status = 'active'`, [organizationId], beforeMillis);
}

/** The number of an organization's points that are visible under the retention of their buckets. */
export async function visiblePoints(
  manager: EntityManager,
  organizationId: string,
  { storedPoints }: OrganizationTotals,
  { nowMillis, yieldTurn }: { readonly nowMillis: number; readonly yieldTurn: YieldTurn },
): Promise<number> {
  if ((await query(manager, HAS_RETENTION, [organizationId])).length === 0) return storedPoints;
  let count = 0;
  for (let after = -1; ;) {
    const values = [organizationId, after];
    const sources = await query<{ number: number; retentionDays: number | null }>(
      manager,
      SOURCES_BY_RETENTION,
      values,
    );
    if (sources.length === 0) return count;
    after = sources.at(-1)?.number ?? after;
    const numbers = new Map<number | null, number[]>();
    for (const { number, retentionDays } of sources)
      numbers.set(retentionDays, [...(numbers.get(retentionDays) ?? []), number]);
    for (const [retentionDays, some] of numbers)
      count += await countFrom(manager, some, visibleFrom({ retentionDays }, nowMillis), yieldTurn);
    await yieldTurn();
  }
}
