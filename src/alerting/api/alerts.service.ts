import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { BucketAccess } from '../../buckets/bucket-access';
import { ApiError } from '../../common/errors';
import { canonicalJson } from '../../common/canonical-json';
import { newId } from '../../common/ids';
import type { Actor, AuditRecorder } from '../../common/audit-event';
import { initialState, withCooldown } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import type { Source } from '../../sources/source.entity';
import { getLockedSource } from '../../sources/source-rows';
import { requireOwn } from '../../sources/sources.service';
import { Idempotency, type Retry } from '../../idempotency/idempotency.service';
import { Writer } from '../../database/writer';
import { PointStore } from '../../points/point-store';
import { AlertRule, type RuleStatus } from '../evaluation/alert-rule.entity';
import { FiringRules } from '../evaluation/firing-rules';
import { TransitionRecorder } from '../evaluation/transition-recorder';
import { toLoadedRule } from '../evaluation/loaded-rules';
import { RuleRemoval } from '../evaluation/rule-removal';
import { Deliverer } from '../../webhooks/deliverer';
import { isMasked } from '../../webhooks/masked-url';
import type { WebhookHeaders } from '../../webhooks/webhook-headers';
import { Webhooks } from '../../webhooks/webhooks.service';
import { TOO_MANY_RULES } from './alerts.errors';
import { readCondition } from './rule-input';
import { eventOf, hostOf } from './rule-audit-event';
import { RuleWebhooks, type WebhookChanges } from './rule-webhooks';
import { RuleReader, type RuleWithWebhook } from './rule-reader';

export interface NewRule {
  readonly dataSourceId: string;
  readonly name: string;
  readonly condition: string;
  /** Null for a rule without a webhook. */
  readonly webhookUrl: string | null;
  readonly headers?: WebhookHeaders | undefined;
  readonly cooldownMinutes: number;
  /** Null for the cooldown. */
  readonly repeatMinutes: number | null;
}

export interface RuleChanges extends WebhookChanges {
  readonly name?: string | undefined;
  readonly condition?: string | undefined;
  readonly cooldownMinutes?: number | undefined;
  readonly repeatMinutes?: number | null | undefined;
  readonly status?: RuleStatus | undefined;
}

/** The most alert rules a bucket can have. */
export const MAX_RULES = 1000;

/** Creates, changes and deletes alert rules. For a key of another bucket a rule does not exist. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly reader: RuleReader,
    private readonly webhooks: Webhooks,
    private readonly deliverer: Deliverer,
    private readonly ruleWebhooks: RuleWebhooks,
    private readonly recorder: TransitionRecorder,
    private readonly firingRules: FiringRules,
    private readonly removal: RuleRemoval,
    private readonly store: PointStore,
    private readonly idempotency: Idempotency,
  ) {}

  /** @returns the rule with its webhook secret, which cannot be read again */
  create(
    by: Actor,
    key: CurrentApiKey,
    bucketId: string,
    wanted: NewRule & { readonly retry?: Retry | undefined },
  ): Promise<RuleWithWebhook & { secret: string }> {
    const id = newId();
    const { dataSourceId, webhookUrl, headers, name, condition, cooldownMinutes, repeatMinutes } = wanted;
    if (webhookUrl !== null) this.ruleWebhooks.checkUrl(webhookUrl);
    return this.writer.write(
      async (manager, audit) => {
        // The lock keeps concurrent requests from exceeding the limit together.
        await this.buckets.hold(manager, key, bucketId, 'UPDATE');
        requireOwn(key, dataSourceId);
        await this.idempotency.record(manager, key.organizationId, wanted.retry, [id]);
        const source = await getLockedSource(manager, bucketId, dataSourceId);
        const parsedCondition = readCondition(condition, source.schema);
        if ((await manager.countBy(AlertRule, { bucketId })) >= MAX_RULES)
          throw new ApiError(TOO_MANY_RULES, { words: { most: String(MAX_RULES) } });
        const now = Date.now();
        const alertState = initialState(
          { condition: parsedCondition },
          now,
          await this.store.latestTime(manager, source),
        );
        const rule = this.withDue({
          ...{ id, bucketId, sourceId: dataSourceId, name, condition, parsedCondition, cooldownMinutes, repeatMinutes },
          ...{ status: 'active', alertState, dueAt: null, lastTriggeredAt: null, createdAt: now, updatedAt: now },
        });
        await manager.insert(AlertRule, rule);
        const secret = await this.ruleWebhooks.create(manager, rule.id, webhookUrl, headers);
        await this.recorder.invalidateRules(manager, dataSourceId);
        audit(eventOf(by, 'alertRule.created', key, rule, { condition, webhook: hostOf(webhookUrl) }));
        return { ...(await this.reader.get(key, rule.id, manager)), secret };
      },
      { space: 'adds' },
    );
  }

  /**
   * Changes the fields that are sent. If the condition changes in meaning, or the rule is paused or resumed, its state is reset,
   * and a firing alert is resolved. Other changes keep the state.
   */
  async update(by: Actor, key: CurrentApiKey, id: string, changes: RuleChanges): Promise<RuleWithWebhook> {
    const { webhookUrl, headers, ...given } = changes;
    if (typeof webhookUrl === 'string' && !isMasked(webhookUrl)) this.ruleWebhooks.checkUrl(webhookUrl);
    const updated = await this.withLockedRule(
      key,
      id,
      async (manager, audit, { rule: before, webhook: webhookBefore }, source) => {
        const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as RuleChanges;
        const changed = CHANGEABLE.filter((field) => own[field] !== undefined && own[field] !== before[field]);
        const { webhook, audited } = await this.ruleWebhooks.change(manager, id, webhookBefore, {
          webhookUrl,
          headers,
        });
        if (changed.length === 0 && !audited) return { rule: before, webhook };
        const now = Math.max(Date.now(), before.updatedAt + 1);
        const rule = await this.changedRule(manager, source, before, { ...before, ...own, updatedAt: now });
        await manager.update(AlertRule, { id }, rule);
        await this.recorder.invalidateRules(manager, rule.sourceId);
        const pick = (of: AlertRule, more: object | undefined) => ({
          ...Object.fromEntries(changed.map((field) => [field, of[field]])),
          ...more,
        });
        const details = { from: pick(before, audited?.from), to: pick(rule, audited?.to) };
        audit(eventOf(by, 'alertRule.updated', key, before, details));
        return { rule, webhook };
      },
    );
    this.deliverer.wake();
    return updated;
  }

  /** Deletes a rule with its history. A firing alert is resolved. */
  async remove(by: Actor, key: CurrentApiKey, id: string): Promise<AlertRule> {
    const removed = await this.withLockedRule(key, id, async (manager, audit, { rule }) => {
      await this.removal.remove(manager, { id });
      await this.recorder.invalidateRules(manager, rule.sourceId);
      audit(eventOf(by, 'alertRule.deleted', key, rule));
      return rule;
    });
    this.deliverer.wake();
    return removed;
  }

  /** @returns the new secret, and until when the previous one still signs */
  rotateSecret(by: Actor, key: CurrentApiKey, id: string, retry?: Retry): Promise<{ secret: string; until: number }> {
    return this.withLockedRule(key, id, async (manager, audit, { rule }) => {
      await this.idempotency.record(manager, key.organizationId, retry, [id]);
      const rotated = await this.webhooks.rotateSecret(manager, id, Date.now());
      audit(eventOf(by, 'alertRule.secretRotated', key, rule));
      return rotated;
    });
  }

  /** Runs work in a transaction that holds the lock of a rule's data source. */
  async withLockedRule<T>(
    key: CurrentApiKey,
    id: string,
    work: (manager: EntityManager, audit: AuditRecorder, found: RuleWithWebhook, source: Source) => Promise<T>,
  ): Promise<T> {
    const { rule } = await this.reader.get(key, id);
    return this.writer.write(
      async (manager, audit) => {
        await this.buckets.hold(manager, key, rule.bucketId, 'SHARE');
        const source = await getLockedSource(manager, rule.bucketId, rule.sourceId);
        return work(manager, audit, await this.reader.get(key, id, manager), source);
      },
      { space: 'frees' },
    );
  }

  /** The row after a change. If its state is reset, a firing alert is resolved. */
  private async changedRule(
    manager: EntityManager,
    source: Source,
    before: AlertRule,
    wanted: AlertRule,
  ): Promise<AlertRule> {
    const isAsWritten = wanted.condition === before.condition;
    const parsed = isAsWritten ? before.parsedCondition : readCondition(wanted.condition, source.schema);
    // A reworded condition is not a change. Compared as JSON, because that is what is stored.
    const isSame = canonicalJson(parsed) === canonicalJson(before.parsedCondition);
    const rule = isSame ? wanted : { ...wanted, parsedCondition: parsed };
    if (isSame && rule.status === before.status) {
      const { cooldownMillis } = toLoadedRule(rule);
      return this.withDue({
        ...rule,
        alertState: withCooldown(toLoadedRule(before), before.alertState, cooldownMillis),
      });
    }
    await this.firingRules.resolve(manager, before, rule.status === 'paused' ? 'paused' : 'changed');
    const latest = await this.store.latestTime(manager, source);
    return this.withDue({
      ...rule,
      alertState: initialState({ condition: rule.parsedCondition }, rule.updatedAt, latest),
    });
  }

  private withDue(rule: AlertRule): AlertRule {
    return { ...rule, dueAt: rule.status === 'paused' ? null : timerDueAt(toLoadedRule(rule), rule.alertState) };
  }
}

const CHANGEABLE = ['name', 'condition', 'cooldownMinutes', 'repeatMinutes', 'status'] as const;
