import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../../../auth/current-key.decorator';
import { ApiError } from '../../../common/errors';
import { newId } from '../../../common/ids';
import type { Actor } from '../../../common/audit-event';
import type { YieldTurn } from '../../../common/http/yield';
import type { ListPage, NewestFirstQuery } from '../../../common/pagination';
import { Source } from '../../../sources/source.entity';
import { Deliverer } from '../../../webhooks/deliverer';
import type { Delivery } from '../../../webhooks/delivery.entity';
import type { Attempt } from '../../../webhooks/sending/send';
import { NO_WEBHOOK_URL } from '../../../webhooks/webhooks.errors';
import { Webhook } from '../../../webhooks/webhook.entity';
import type { ListedDelivery } from '../../../webhooks/listed-deliveries';
import { Webhooks } from '../../../webhooks/webhooks.service';
import { AlertsService } from '../alerts.service';
import { eventOf } from '../rule-audit-event';
import { RuleReader } from '../rule-reader';
import type { Condition } from '../../conditions/condition';
import { alertMessageOf } from '../../evaluation/alert-payload';
import type { AlertPoint } from '../../evaluation/alert-details';
import { comparisonsOf } from '../../conditions/matching';

/** The messages of alert rules and their delivery. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly alerts: AlertsService,
    private readonly reader: RuleReader,
    private readonly webhooks: Webhooks,
    private readonly deliverer: Deliverer,
  ) {}

  /** One page without payloads, newest first by default. */
  async list(
    key: CurrentApiKey,
    alertId: string,
    page: NewestFirstQuery,
    yieldTurn: YieldTurn,
  ): Promise<ListPage<ListedDelivery>> {
    await this.reader.get(key, alertId);
    return this.webhooks.list(this.dataSource.manager, alertId, page, yieldTurn);
  }

  async get(key: CurrentApiKey, alertId: string, id: string): Promise<Delivery & ListedDelivery> {
    await this.reader.get(key, alertId);
    return this.webhooks.get(this.dataSource.manager, alertId, id);
  }

  async replay(by: Actor, key: CurrentApiKey, alertId: string, id: string): Promise<ListedDelivery> {
    const delivery = await this.alerts.withLockedRule(key, alertId, async (manager, audit, { rule }) => {
      audit(eventOf(by, 'alertRule.deliveryReplayed', key, rule, { delivery: id }));
      return this.webhooks.replay(manager, alertId, id);
    });
    this.deliverer.wake();
    return delivery;
  }

  /**
   * Sends a test message once, like any other message, and returns the result.
   *
   * @throws ApiError `NO_WEBHOOK_URL`
   */
  async test(key: CurrentApiKey, alertId: string): Promise<Attempt> {
    const { rule, webhook: shown } = await this.reader.get(key, alertId);
    if (shown.url === null) throw new ApiError(NO_WEBHOOK_URL);
    const { manager } = this.dataSource;
    const source = await manager.findOneByOrFail(Source, { id: rule.sourceId });
    const webhook = await manager.findOneByOrFail(Webhook, { id: alertId });
    const now = Date.now();
    const values = sampleOf(rule.parsedCondition);
    const point = { timestamp: new Date(now).toISOString(), values };
    const { parsedCondition } = rule;
    const noDataSince = parsedCondition.operator === 'no_data' ? now - parsedCondition.value * 1000 : undefined;
    const transition = { event: 'triggered', at: now, firing: { at: now, repeats: 0 } } as const;
    const { payload, summary } = alertMessageOf(rule, source, { transition, values, point, noDataSince });
    const letter = {
      id: `test_${newId(now)}`,
      payload: JSON.stringify({ ...payload, test: true }),
      summary: { ...summary, title: `Test: ${rule.name}` },
    };
    return this.deliverer.post(webhook, letter);
  }
}

/** A sample point with the thresholds as values. */
function sampleOf(condition: Condition): AlertPoint['values'] {
  if (condition.operator === 'no_data') return {};
  return Object.fromEntries(
    comparisonsOf(condition).map(({ field, value }) => [field, typeof value === 'object' ? value[0] : value]),
  );
}
