import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { ApiError } from '../common/errors';
import { newId } from '../common/ids';
import type { Actor, Journal } from '../common/journal';
import { armed, dueOf } from '../conditions/rule-state';
import { Source } from '../data-sources/data-source.entity';
import { SOURCE_NOT_FOUND } from '../data-sources/data-sources.errors';
import { requireOwn } from '../data-sources/data-sources.service';
import { query, rowLock } from '../database/sql';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { Writer } from '../database/writer';
import { PointStore } from '../points/point-store';
import { AlertRule, type RuleStatus } from '../rules/alert-rule.entity';
import { RuleBook } from '../rules/rule-book';
import { RuleRemoval } from '../rules/rule-removal';
import { isMasked } from '../webhooks/masked-url';
import type { Headers } from '../webhooks/webhook-headers';
import { Webhooks } from '../webhooks/webhooks.service';
import { TOO_MANY_RULES } from './alerts.errors';
import { readCondition } from './rule-input';
import { eventOf, hostOf } from './rule-journal';
import { RuleWebhooks, type WebhookWish } from './rule-webhooks';
import { RuleReads, type RuleWithWebhook } from './rule-reads';

export interface NewRule {
  readonly dataSourceId: string;
  readonly name: string;
  readonly condition: string;
  readonly webhookUrl: string;
  readonly headers?: Headers | undefined;
  readonly cooldownMinutes: number;
}

export interface RuleChanges extends WebhookWish {
  readonly name?: string | undefined;
  readonly condition?: string | undefined;
  readonly cooldownMinutes?: number | undefined;
  readonly status?: RuleStatus | undefined;
}

/** How many alert rules a bucket can have. */
export const MOST_RULES = 1000;

/** Changes the alert rules of buckets. To a key of another bucket a rule is not there. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly reads: RuleReads,
    private readonly webhooks: Webhooks,
    private readonly ruleWebhooks: RuleWebhooks,
    private readonly book: RuleBook,
    private readonly removal: RuleRemoval,
    private readonly store: PointStore,
    private readonly idempotency: Idempotency,
  ) {}

  /** @returns the rule, and its webhook's secret, which cannot be had again */
  create(
    by: Actor,
    key: CurrentApiKey,
    bucketId: string,
    wanted: NewRule & { readonly retry?: Retry | undefined },
  ): Promise<RuleWithWebhook & { secret: string }> {
    const id = newId();
    const { dataSourceId, name, condition, webhookUrl, headers, cooldownMinutes } = wanted;
    this.ruleWebhooks.checkUrl(webhookUrl);
    return this.writer.write(async (manager, journal) => {
      // Nobody else makes a rule meanwhile: together they could be too many.
      await this.buckets.hold(manager, key, bucketId, 'UPDATE');
      requireOwn(key, dataSourceId);
      await this.idempotency.record(manager, key.organizationId, wanted.retry, [id]);
      const source = await holdSource(manager, bucketId, dataSourceId);
      const parsedCondition = readCondition(condition, source.schema);
      if ((await manager.countBy(AlertRule, { bucketId })) >= MOST_RULES)
        throw new ApiError(TOO_MANY_RULES, { words: { most: String(MOST_RULES) } });
      const now = Date.now();
      const memory = armed({ condition: parsedCondition }, now, await this.store.latestTime(manager, source));
      const rule: AlertRule = {
        id,
        bucketId,
        sourceId: dataSourceId,
        name,
        condition,
        parsedCondition,
        cooldownMinutes,
        status: 'active',
        memory,
        dueAt: dueOf({ condition: parsedCondition }, memory),
        lastTriggeredAt: null,
        createdAt: now,
        updatedAt: now,
      };
      await manager.insert(AlertRule, rule);
      const secret = await this.ruleWebhooks.create(manager, rule.id, webhookUrl, headers);
      await this.book.bump(manager, dataSourceId);
      journal(eventOf(by, 'alertRule.created', key, rule, { condition, webhook: hostOf(webhookUrl) }));
      return { ...(await this.reads.get(key, rule.id, manager)), secret };
    });
  }

  /** Changes what is given. A rule whose condition or cooldown changes, or that goes on after a pause, begins anew. */
  update(by: Actor, key: CurrentApiKey, id: string, changes: RuleChanges): Promise<RuleWithWebhook> {
    const { webhookUrl, headers, ...given } = changes;
    if (webhookUrl !== undefined && !isMasked(webhookUrl)) this.ruleWebhooks.checkUrl(webhookUrl);
    return this.inTurn(key, id, async (manager, journal, { rule: before, webhook: webhookBefore }, source) => {
      const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RuleChanges;
      const changed = CHANGEABLE.filter((field) => own[field] !== undefined && own[field] !== before[field]);
      const { webhook, noted } = await this.ruleWebhooks.change(manager, id, webhookBefore, { webhookUrl, headers });
      if (changed.length === 0 && !noted) return { rule: before, webhook };
      const now = Math.max(Date.now(), before.updatedAt + 1);
      const parsed = changed.includes('condition') && {
        parsedCondition: readCondition(own.condition ?? '', source.schema),
      };
      let rule: AlertRule = { ...before, ...own, ...parsed, updatedAt: now };
      if (changed.some((field) => field !== 'name'))
        rule = rearmed(rule, now, await this.store.latestTime(manager, source));
      await manager.update(AlertRule, { id }, rule);
      await this.book.bump(manager, rule.sourceId);
      const pick = (of: AlertRule, more: object | undefined) => ({
        ...Object.fromEntries(changed.map((field) => [field, of[field]])),
        ...more,
      });
      const details = { from: pick(before, noted?.from), to: pick(rule, noted?.to) };
      journal(eventOf(by, 'alertRule.updated', key, before, details));
      return { rule, webhook };
    });
  }

  /** Ends a rule, with its history and what waits to be told of it. */
  remove(by: Actor, key: CurrentApiKey, id: string): Promise<AlertRule> {
    return this.inTurn(key, id, async (manager, journal, { rule }) => {
      await this.removal.end(manager, { id });
      await this.book.bump(manager, rule.sourceId);
      journal(eventOf(by, 'alertRule.deleted', key, rule));
      return rule;
    });
  }

  /** @returns the new secret, and until when the one before is signed with too */
  rotateSecret(by: Actor, key: CurrentApiKey, id: string): Promise<{ secret: string; until: number }> {
    return this.inTurn(key, id, async (manager, journal, { rule }) => {
      const rotated = await this.webhooks.rotateSecret(manager, id, Date.now());
      journal(eventOf(by, 'alertRule.secretRotated', key, rule));
      return rotated;
    });
  }

  /** Does something to a rule that nobody else changes meanwhile. */
  async inTurn<T>(
    key: CurrentApiKey,
    id: string,
    work: (manager: EntityManager, journal: Journal, found: RuleWithWebhook, source: Source) => Promise<T>,
  ): Promise<T> {
    const { rule } = await this.reads.get(key, id);
    return this.writer.write(async (manager, journal) => {
      await this.buckets.hold(manager, key, rule.bucketId, 'SHARE');
      const source = await holdSource(manager, rule.bucketId, rule.sourceId);
      return work(manager, journal, await this.reads.get(key, id, manager), source);
    });
  }
}

const CHANGEABLE = ['name', 'condition', 'cooldownMinutes', 'status'] as const;

function rearmed(rule: AlertRule, now: number, latest: number | null): AlertRule {
  const condition = rule.parsedCondition;
  const memory = armed({ condition }, now, latest);
  return { ...rule, memory, dueAt: rule.status === 'paused' ? null : dueOf({ condition }, memory) };
}

/** Keeps a source, and with it its rules, from being changed by others until the transaction's end. */
async function holdSource(manager: EntityManager, bucketId: string, id: string): Promise<Source> {
  await query(manager, `SELECT 1 FROM data_sources WHERE id = ?${rowLock(manager, 'UPDATE')}`, [id]);
  const source = await manager.findOneBy(Source, { id, bucketId, deletedAt: IsNull() });
  if (!source) throw new ApiError(SOURCE_NOT_FOUND);
  return source;
}
