import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { BucketAccess } from '../../buckets/bucket-access';
import { BUCKET_NOT_FOUND } from '../../buckets/buckets.errors';
import { ApiError } from '../../common/errors';
import type { YieldTurn } from '../../common/http/yield';
import type { ListPage, NewestFirstQuery } from '../../common/pagination';
import { findPage } from '../../database/list-page';
import { AlertEvent } from '../evaluation/alert-event.entity';
import { AlertRule } from '../evaluation/alert-rule.entity';
import type { ShownWebhook } from '../../webhooks/shown-webhook';
import { Webhooks } from '../../webhooks/webhooks.service';
import { ALERT_RULE_NOT_FOUND } from './alerts.errors';
import { RuleFinder, type RuleListQuery } from './rule-finder';

/** A rule and its webhook. */
export interface RuleWithWebhook {
  readonly rule: AlertRule;
  readonly webhook: ShownWebhook;
}

/** Reads alert rules and their history. For a key of another bucket a rule does not exist. */
@Injectable()
export class RuleReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly finder: RuleFinder,
    private readonly webhooks: Webhooks,
  ) {}

  /** One page of rules, as `RuleFinder.list` finds them. */
  async list(key: CurrentApiKey, query: RuleListQuery, yieldTurn: YieldTurn): Promise<ListPage<RuleWithWebhook>> {
    const { manager } = this.dataSource;
    const [rules, total, hasMore] = await this.finder.list(key, query, yieldTurn);
    const webhooks = new Map<string, ShownWebhook>();
    for (let start = 0; start < rules.length; start += URLS_PER_SLICE) {
      const ids = rules.slice(start, start + URLS_PER_SLICE).map(({ id }) => id);
      for (const [id, webhook] of await this.webhooks.shownOf(manager, ids)) webhooks.set(id, webhook);
      await yieldTurn();
    }
    return [rules.flatMap((rule) => withWebhook(rule, webhooks)), total, hasMore];
  }

  /** @throws ApiError `ALERT_RULE_NOT_FOUND`, also for a rule that the key cannot access, so that its existence is not revealed */
  async get(key: CurrentApiKey, id: string, manager = this.dataSource.manager): Promise<RuleWithWebhook> {
    const rule = await manager.findOneBy(AlertRule, { id });
    if (!rule || !reaches(key, rule)) throw new ApiError(ALERT_RULE_NOT_FOUND);
    try {
      await this.buckets.get(key, rule.bucketId);
    } catch (cause) {
      if (cause instanceof ApiError && cause.message === BUCKET_NOT_FOUND.message)
        throw new ApiError(ALERT_RULE_NOT_FOUND);
      throw cause;
    }
    const [found] = withWebhook(rule, await this.webhooks.shownOf(manager, [id]));
    // The rule was deleted between the two reads.
    if (!found) throw new ApiError(ALERT_RULE_NOT_FOUND);
    return found;
  }

  /** One page of a rule's history, newest first by default. */
  async history(
    key: CurrentApiKey,
    id: string,
    page: NewestFirstQuery,
    yieldTurn: YieldTurn,
  ): Promise<ListPage<AlertEvent>> {
    await this.get(key, id);
    const where = { ruleId: id };
    const scope = { ever: where, where, by: 'at', sort: page.sort ?? 'desc' } as const;
    return findPage(this.dataSource.manager, AlertEvent, scope, page, yieldTurn);
  }
}

/** Empty if the rule was deleted in the meantime. */
function withWebhook(rule: AlertRule, webhooks: ReadonlyMap<string, ShownWebhook>): RuleWithWebhook[] {
  const webhook = webhooks.get(rule.id);
  return webhook ? [{ rule, webhook }] : [];
}

/** Decrypting this many URLs takes one or two milliseconds. */
const URLS_PER_SLICE = 50;

/** Whether a rule is in the bucket, and the data source, that a key is bound to. */
function reaches({ bucketId, dataSourceId }: CurrentApiKey, rule: AlertRule): boolean {
  if (bucketId !== null && bucketId !== rule.bucketId) return false;
  return dataSourceId === null || dataSourceId === rule.sourceId;
}
