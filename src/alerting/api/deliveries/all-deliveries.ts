import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { CurrentApiKey } from '../../../auth/current-key.decorator';
import { BucketAccess } from '../../../buckets/bucket-access';
import { bucketScope } from '../../../buckets/bucket-scope';
import type { YieldTurn } from '../../../common/http/yield';
import type { NewestFirstQuery } from '../../../common/pagination';
import { containing } from '../../../common/search';
import type { CountedPage } from '../../../database/counted-page';
import { findDeliveries, type OwnedDelivery } from '../../../webhooks/delivery-list';
import type { DeliveryStatus } from '../../../webhooks/delivery.entity';
import { AlertRule } from '../../evaluation/alert-rule.entity';

const RULES_AT_ONCE = 100;

/** A page of the deliveries of all rules, which match all fields that are given. */
export interface DeliveryListQuery extends NewestFirstQuery {
  readonly bucketId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  /** A part of the name of the rule. */
  readonly q?: string | undefined;
}

/** A delivery and its rule. */
export interface DeliveryOfRule {
  readonly delivery: OwnedDelivery;
  readonly rule: Pick<AlertRule, 'id' | 'name' | 'bucketId' | 'sourceId'>;
}

/** Lists the deliveries of all alert rules of an organization. */
@Injectable()
export class AllDeliveries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
  ) {}

  /**
   * One page without payloads, newest first by default.
   *
   * @throws ApiError `BUCKET_NOT_FOUND`
   */
  async list(key: CurrentApiKey, query: DeliveryListQuery, yieldTurn: YieldTurn): Promise<CountedPage<DeliveryOfRule>> {
    const { manager } = this.dataSource;
    const { bucketId = null, status, q } = query;
    if (bucketId !== null) await this.buckets.get(key, bucketId);
    const scope = bucketScope(manager, key.organizationId, bucketId);
    const ownerName = (id: string) => `SELECT name FROM alert_rules WHERE id = ${id} AND ${scope.sql}`;
    const filter = { status, ownerName, ownerValues: [scope.value], matches: containing(q) };
    const page = await findDeliveries(manager, filter, query, yieldTurn);
    const rules = await this.rulesOf(page.rows, yieldTurn);
    const rows = page.rows.flatMap((delivery) => {
      const rule = rules.get(delivery.webhookId);
      return rule ? [{ delivery, rule }] : [];
    });
    return { ...page, rows };
  }

  private async rulesOf(
    deliveries: readonly OwnedDelivery[],
    yieldTurn: YieldTurn,
  ): Promise<Map<string, DeliveryOfRule['rule']>> {
    const ids = [...new Set(deliveries.map(({ webhookId }) => webhookId))];
    const rules = new Map<string, DeliveryOfRule['rule']>();
    const select = { id: true, name: true, bucketId: true, sourceId: true } as const;
    for (let start = 0; start < ids.length; start += RULES_AT_ONCE) {
      const where = { id: In(ids.slice(start, start + RULES_AT_ONCE)) };
      for (const rule of await this.dataSource.manager.find(AlertRule, { select, where })) rules.set(rule.id, rule);
      await yieldTurn();
    }
    return rules;
  }
}
