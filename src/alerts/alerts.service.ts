import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { AlertActivity } from '../analytics/alert-activity';
import { BucketAccess } from '../buckets/bucket-access';
import { BucketContents } from '../buckets/bucket-contents';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import { ApiError, ValidationError } from '../common/errors';
import { newId } from '../common/ids';
import type { Action, Actor, Journal, JournalEvent } from '../common/journal';
import type { Pause } from '../common/http/pause';
import type { PageQuery } from '../common/pagination';
import { Source } from '../data-sources/data-source.entity';
import { SOURCE_NOT_FOUND } from '../data-sources/data-sources.errors';
import { requireOwn } from '../data-sources/data-sources.service';
import type { Schema } from '../data-sources/schema';
import { SourceContents } from '../data-sources/source-contents';
import { findAndCountInSlices } from '../database/find-in-slices';
import { query, rowLock } from '../database/sql';
import { Writer } from '../database/writer';
import { PointStore } from '../points/point-store';
import { isMasked, isMaskOf } from '../webhooks/masked-url';
import { Webhook } from '../webhooks/webhook.entity';
import { Webhooks } from '../webhooks/webhooks.service';
import { alertCounts } from './alert-counts';
import { AlertEvent } from '../rules/alert-event.entity';
import { AlertRule, type RuleStatus } from '../rules/alert-rule.entity';
import { ALERT_RULE_NOT_FOUND, TOO_MANY_RULES, URL_MASKED } from './alerts.errors';
import type { Condition } from '../conditions/condition';
import { parseCondition } from '../conditions/condition-parser';
import { ConditionError } from '../conditions/condition.errors';
import { RuleBook } from '../rules/rule-book';
import { RuleRemoval } from '../rules/rule-removal';
import { armed, dueOf, fieldsOf } from '../conditions/rule-state';

export interface NewRule {
  readonly dataSourceId: string;
  readonly name: string;
  readonly condition: string;
  readonly webhookUrl: string;
  readonly cooldownMinutes: number;
}

export interface RuleChanges {
  readonly name?: string | undefined;
  readonly condition?: string | undefined;
  readonly webhookUrl?: string | undefined;
  readonly cooldownMinutes?: number | undefined;
  readonly status?: RuleStatus | undefined;
}

/** A rule and where it tells of itself. */
export interface RuleWithUrl {
  readonly rule: AlertRule;
  readonly webhookUrl: string;
}

/** How many alert rules a bucket can have. */
export const MOST_RULES = 1000;

/** The alert rules of buckets. To a key of another bucket a rule is not there. */
@Injectable()
export class AlertsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly contents: BucketContents,
    private readonly sourceContents: SourceContents,
    private readonly activity: AlertActivity,
    private readonly webhooks: Webhooks,
    private readonly book: RuleBook,
    private readonly removal: RuleRemoval,
    private readonly store: PointStore,
  ) {}

  onModuleInit(): void {
    this.contents.register({
      kind: 'alertRules',
      count: (manager, bucketId) => manager.countBy(AlertRule, { bucketId }),
      reopened: (manager, bucketId) => this.book.beginSilence(manager, { bucketId }),
      removeAll: (manager, bucketId) => this.removal.end(manager, { bucketId }),
    });
    this.sourceContents.register({
      fieldsInUse: async (manager, sourceId) => {
        const rules = await manager.findBy(AlertRule, { sourceId });
        return new Set(rules.flatMap(({ parsedCondition }) => fieldsOf(parsedCondition)));
      },
      reopened: (manager, sourceId) => this.book.beginSilence(manager, { sourceId }),
      removeAll: (manager, sourceId) => this.removal.end(manager, { sourceId }),
    });
    this.activity.register(alertCounts);
  }

  /** @returns the rule, and its webhook's secret, which cannot be had again */
  create(by: Actor, key: CurrentApiKey, bucketId: string, wanted: NewRule): Promise<RuleWithUrl & { secret: string }> {
    const { dataSourceId, name, condition, webhookUrl, cooldownMinutes } = wanted;
    this.checkUrl(webhookUrl);
    return this.writer.write(async (manager, journal) => {
      // Nobody else makes a rule meanwhile: together they could be too many.
      await this.buckets.hold(manager, key, bucketId, 'UPDATE');
      requireOwn(key, dataSourceId);
      const source = await holdSource(manager, bucketId, dataSourceId);
      const parsedCondition = readCondition(condition, source.schema);
      if ((await manager.countBy(AlertRule, { bucketId })) >= MOST_RULES)
        throw new ApiError(TOO_MANY_RULES, { words: { most: String(MOST_RULES) } });
      const now = Date.now();
      const memory = armed({ condition: parsedCondition }, now, await this.store.latestTime(manager, source));
      const rule: AlertRule = {
        id: newId(now),
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
      const secret = await this.webhooks.create(manager, rule.id, webhookUrl);
      await this.book.bump(manager, dataSourceId);
      journal(eventOf(by, 'alertRule.created', key, rule, { condition, webhook: hostOf(webhookUrl) }));
      return { rule, webhookUrl, secret };
    });
  }

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

  /** Changes what is given. A rule whose condition or cooldown changes, or that goes on after a pause, begins anew. */
  update(by: Actor, key: CurrentApiKey, id: string, changes: RuleChanges): Promise<RuleWithUrl> {
    const { webhookUrl: sentUrl, ...given } = changes;
    if (sentUrl !== undefined && !isMasked(sentUrl)) this.checkUrl(sentUrl);
    return this.inTurn(key, id, async (manager, journal, { rule: before, webhookUrl: urlBefore }, source) => {
      const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RuleChanges;
      const changed = CHANGEABLE.filter((field) => own[field] !== undefined && own[field] !== before[field]);
      const webhookUrl = changedUrl(sentUrl, urlBefore);
      const url = webhookUrl ?? urlBefore;
      if (webhookUrl !== undefined) await this.webhooks.redirect(manager, id, webhookUrl);
      if (changed.length === 0 && url === urlBefore) return { rule: before, webhookUrl: url };
      const now = Math.max(Date.now(), before.updatedAt + 1);
      const parsed = changed.includes('condition') && {
        parsedCondition: readCondition(own.condition ?? '', source.schema),
      };
      let rule: AlertRule = { ...before, ...own, ...parsed, updatedAt: now };
      if (changed.some((field) => field !== 'name'))
        rule = rearmed(rule, now, await this.store.latestTime(manager, source));
      await manager.update(AlertRule, { id }, rule);
      await this.book.bump(manager, rule.sourceId);
      const pick = (of: AlertRule, at: string) => ({
        ...Object.fromEntries(changed.map((field) => [field, of[field]])),
        ...(url !== urlBefore && { webhook: hostOf(at) }),
      });
      journal(eventOf(by, 'alertRule.updated', key, before, { from: pick(before, urlBefore), to: pick(rule, url) }));
      return { rule, webhookUrl: url };
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
    work: (manager: EntityManager, journal: Journal, found: RuleWithUrl, source: Source) => Promise<T>,
  ): Promise<T> {
    const { rule } = await this.get(key, id);
    return this.writer.write(async (manager, journal) => {
      await this.buckets.hold(manager, key, rule.bucketId, 'SHARE');
      const source = await holdSource(manager, rule.bucketId, rule.sourceId);
      return work(manager, journal, await this.get(key, id, manager), source);
    });
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

  private checkUrl(url: string): void {
    const message = isMasked(url) ? URL_MASKED.message : this.webhooks.faultOf(url);
    if (message !== undefined) throw new ValidationError([{ path: ['body', 'webhookUrl'], message }]);
  }
}

/** Whether a rule is in the bucket of a key, and belongs to its data source where it is bound to one. */
function reaches({ bucketId, dataSourceId }: CurrentApiKey, rule: AlertRule): boolean {
  if (bucketId !== null && bucketId !== rule.bucketId) return false;
  return dataSourceId === null || dataSourceId === rule.sourceId;
}

/** So many URLs are read and opened in a millisecond or two. */
const URLS_PER_SLICE = 50;
const CHANGEABLE = ['name', 'condition', 'cooldownMinutes', 'status'] as const;

/**
 * The URL that a change asks for. As it is shown, without its path, it means the one before.
 *
 * @throws ValidationError for a masked URL that is not the one before
 */
function changedUrl(sent: string | undefined, before: string): string | undefined {
  if (sent === undefined || !isMasked(sent)) return sent;
  if (isMaskOf(sent, before)) return undefined;
  throw new ValidationError([{ path: ['body', 'webhookUrl'], message: URL_MASKED.message }]);
}

function rearmed(rule: AlertRule, now: number, latest: number | null): AlertRule {
  const condition = rule.parsedCondition;
  const memory = armed({ condition }, now, latest);
  return { ...rule, memory, dueAt: rule.status === 'paused' ? null : dueOf({ condition }, memory) };
}

/** @throws ValidationError that says what was not understood, and how it might be said */
export function readCondition(text: string, schema: Schema): Condition {
  try {
    return parseCondition(text, schema);
  } catch (cause) {
    if (!(cause instanceof ConditionError)) throw cause;
    throw new ValidationError([{ path: ['body', 'condition'], message: cause.message }]);
  }
}

/** Keeps a source, and with it its rules, from being changed by others until the transaction's end. */
async function holdSource(manager: EntityManager, bucketId: string, id: string): Promise<Source> {
  await query(manager, `SELECT 1 FROM data_sources WHERE id = ?${rowLock(manager, 'UPDATE')}`, [id]);
  const source = await manager.findOneBy(Source, { id, bucketId, deletedAt: IsNull() });
  if (!source) throw new ApiError(SOURCE_NOT_FOUND);
  return source;
}

/** The path of a webhook's URL is often what guards it. */
function hostOf(url: string): string {
  return new URL(url).host;
}

export function eventOf(
  by: Actor,
  action: Action,
  { organizationId }: CurrentApiKey,
  { id, name, bucketId }: AlertRule,
  details?: Readonly<Record<string, unknown>>,
): JournalEvent {
  const target = { type: 'alert rule', id, name } as const;
  return { by, action, organizationId, bucketId, target, ...(details && { details }) };
}
