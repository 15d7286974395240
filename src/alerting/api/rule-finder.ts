import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { BucketAccess } from '../../buckets/bucket-access';
import { bucketScope } from '../../buckets/bucket-scope';
import type { YieldTurn } from '../../common/http/yield';
import { isByAge, type ListSort, type OrderedRow } from '../../common/list-order';
import type { CursorQuery, ListPage } from '../../common/pagination';
import { containing } from '../../common/search';
import { findPage } from '../../database/list-page';
import { findMatchingPage } from '../../database/matching-page';
import type { Scan } from '../../database/scan-rows';
import { isPostgres } from '../../database/sql';
import { requireOwn } from '../../sources/sources.service';
import type { RuleState } from '../conditions/alert-state';
import { AlertRule, type RuleStatus } from '../evaluation/alert-rule.entity';

/** A page of a list of rules, which match all fields that are given. */
export interface RuleListQuery extends CursorQuery {
  readonly bucketId?: string | undefined;
  readonly dataSourceId?: string | undefined;
  readonly q?: string | undefined;
  readonly state?: RuleState | undefined;
  readonly status?: RuleStatus | undefined;
  readonly sort?: ListSort | undefined;
}

type ScannedRule = OrderedRow & Pick<AlertRule, 'sourceId' | 'status'> & { readonly state: RuleState };

const columnsIn = (manager: EntityManager) =>
  `id, name, created_at AS "createdAt", last_triggered_at AS "lastTriggeredAt", source_id AS "sourceId", status,
    ${isPostgres(manager) ? "CAST(memory AS json)->>'state'" : "json_extract(memory, '$.state')"} AS state`;

/** Lists alert rules. */
@Injectable()
export class RuleFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
  ) {}

  /**
   * Returns one page, oldest first unless sorted, and the length of the whole list. A Write or Read key gets the rules of its bucket,
   * and a key that is bound to a source only its rules.
   *
   * @throws ApiError `BUCKET_NOT_YOURS`, `BUCKET_NOT_FOUND`, `SOURCE_NOT_YOURS`
   */
  async list(key: CurrentApiKey, query: RuleListQuery, yieldTurn: YieldTurn): Promise<ListPage<AlertRule>> {
    const { manager } = this.dataSource;
    const { bucketId = key.bucketId, q, state, status, sort } = query;
    if (bucketId !== null) await this.buckets.get(key, bucketId);
    if (query.dataSourceId !== undefined) requireOwn(key, query.dataSourceId);
    const sourceId = query.dataSourceId ?? key.dataSourceId;
    const scope = bucketScope(manager, key.organizationId, bucketId);
    if (q === undefined && state === undefined && status === undefined && isByAge(sort)) {
      const where = { ...(sourceId !== null && { sourceId }), ...scope.where };
      return findPage(manager, AlertRule, { ever: scope.where, where, sort }, query, yieldTurn);
    }
    const contains = containing(q);
    const matches = (rule: ScannedRule) =>
      (sourceId === null || rule.sourceId === sourceId) &&
      (state === undefined || rule.state === state) &&
      (status === undefined || rule.status === status) &&
      contains(rule.name);
    const scan: Scan = { columns: columnsIn(manager), from: `alert_rules WHERE ${scope.sql}`, values: [scope.value] };
    return findMatchingPage(manager, AlertRule, { scan, matches, sort }, query, yieldTurn);
  }
}
