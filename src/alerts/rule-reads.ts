import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import { ApiError } from '../common/errors';
import type { Pause } from '../common/http/pause';
import type { PageQuery } from '../common/pagination';
import { findAndCountInSlices } from '../database/find-in-slices';
import { AlertEvent } from '../rules/alert-event.entity';
import { AlertRule } from '../rules/alert-rule.entity';
import { Webhook } from '../webhooks/webhook.entity';
import { Webhooks } from '../webhooks/webhooks.service';
import { ALERT_RULE_NOT_FOUND } from './alerts.errors';

/** A rule and where it tells of itself. */
export interface RuleWithUrl {
  readonly rule: AlertRule;
  readonly webhookUrl: string;
}

/** Reads the alert rules of buckets, and their history. To a key of another bucket a rule is not there. */
@Injectable()
export class RuleReads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly webhooks: Webhooks,
  ) {}

  /** One page, oldest first, and the length of the whole list. A key for one source sees the rules of that one. */
  async list(
    key: CurrentApiKey,
    bucketId: string,
    { limit, offset }: PageQuery,
    pause: Pause,
  ): Promise<[RuleWithUrl[], number]> {
    await this.buckets.get(key, bucketId);
    const { manager } = this.dataSource;
    const options = {
      where: { ...(key.dataSourceId !== null && { sourceId: key.dataSourceId }), bucketId },
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
      skip: offset,
    } as const;
    const [rules, total] = await findAndCountInSlices(manager, AlertRule, options, pause);
    const urls = new Map<string, string>();
    for (let start = 0; start < rules.length; start += URLS_PER_SLICE) {
      const ids = rules.slice(start, start + URLS_PER_SLICE).map(({ id }) => id);
      for (const [id, url] of await this.webhooks.urlsOf(manager, ids)) urls.set(id, url);
      await pause();
    }
    return [rules.map((rule) => ({ rule, webhookUrl: urls.get(rule.id) ?? '' })), total];
  }

  /** @throws ApiError `ALERT_RULE_NOT_FOUND`, also for a rule that the key does not reach: whether it is there is not told */
  async get(key: CurrentApiKey, id: string, manager = this.dataSource.manager): Promise<RuleWithUrl> {
    const rule = await manager.findOneBy(AlertRule, { id });
    if (!rule || !reaches(key, rule)) throw new ApiError(ALERT_RULE_NOT_FOUND);
    try {
      await this.buckets.get(key, rule.bucketId);
    } catch (cause) {
      if (cause instanceof ApiError && cause.message === BUCKET_NOT_FOUND.message)
        throw new ApiError(ALERT_RULE_NOT_FOUND);
      throw cause;
    }
    const webhook = await manager.findOneByOrFail(Webhook, { id });
    return { rule, webhookUrl: this.webhooks.urlOf(webhook) };
  }

  /** One page of what became of a rule, newest first, and the length of the whole list. */
  async history(
    key: CurrentApiKey,
    id: string,
    { limit, offset }: PageQuery,
    pause: Pause,
  ): Promise<[AlertEvent[], number]> {
    await this.get(key, id);
    const options = {
      where: { ruleId: id },
      order: { at: 'DESC', id: 'DESC' },
      take: limit,
      skip: offset,
    } as const;
    return findAndCountInSlices(this.dataSource.manager, AlertEvent, options, pause);
  }
}

/** So many URLs are read and opened in a millisecond or two. */
const URLS_PER_SLICE = 50;

/** Whether a rule is in the bucket of a key, and belongs to its data source where it is bound to one. */
function reaches({ bucketId, dataSourceId }: CurrentApiKey, rule: AlertRule): boolean {
  if (bucketId !== null && bucketId !== rule.bucketId) return false;
  return dataSourceId === null || dataSourceId === rule.sourceId;
}
