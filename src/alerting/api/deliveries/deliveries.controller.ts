import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../../../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../../../auth/current-key.decorator';
import { RequireAnyKey, RequireKeyType } from '../../../auth/require-key-type.decorator';
import type { LeanResponse } from '../../../common/http/lean-messages';
import { mapped, sendPaced } from '../../../common/http/paced-answer';
import type { YieldTurn } from '../../../common/http/yield';
import type { Actor } from '../../../common/audit-event';
import { AFTER_AND_OFFSET } from '../../../common/errors';
import { Documented } from '../../../common/openapi/openapi';
import { NewestFirstQuery, Pagination } from '../../../common/pagination';
import { CurrentYield, LongWork } from '../../../scheduling/long-work.decorator';
import { DELIVERY_NOT_FOUND, DELIVERY_WAITING, NO_WEBHOOK_URL } from '../../../webhooks/webhooks.errors';
import { AlertPath } from '../alerts.dto';
import { ALERT_RULE_NOT_FOUND } from '../alerts.errors';
import { DeliveriesService } from './deliveries.service';
import * as dto from './deliveries.dto';
import { DeliveryPath } from './deliveries.dto';

const OF_RULE = [ALERT_RULE_NOT_FOUND];

/** What is posted to the webhooks of rules. */
@ApiTags('Alerts')
@Controller('api/alerts/:alertId')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post('test')
  @HttpCode(200)
  @Documented({
    id: 'testAlertRule',
    summary: 'Send a sample to the webhook of an alert rule',
    description:
      'Signed and sent once, as real ones are, with `test: true`; the reply says what came of it. The state of the rule stays.',
    status: 200,
    answer: dto.AlertTested,
    refusals: [...OF_RULE, NO_WEBHOOK_URL],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async test(@CurrentKey() key: CurrentApiKey, @Param() { alertId }: AlertPath): Promise<dto.AlertTested> {
    const attempt = await this.deliveries.test(key, alertId);
    return { message: 'Test delivery sent', delivery: new dto.TestResult(attempt) };
  }

  @Get('deliveries')
  @Documented({
    id: 'listAlertDeliveries',
    summary: 'List the deliveries of an alert rule',
    description: 'Newest first. What is over is kept for 30 days.',
    status: 200,
    answer: dto.DeliveryList,
    refusals: [...OF_RULE, AFTER_AND_OFFSET],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId }: AlertPath,
    @Query() page: NewestFirstQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [found, total, hasMore] = await this.deliveries.list(key, alertId, page, yieldTurn);
    const deliveries = mapped(found, (delivery) => new dto.DeliveryView(delivery));
    const pagination = new Pagination(page, total, found.length, hasMore);
    await sendPaced(response, { deliveries, pagination }, yieldTurn);
  }

  @Get('deliveries/:deliveryId')
  @Documented({
    id: 'getAlertDelivery',
    summary: 'Get a delivery, and what is posted',
    status: 200,
    answer: dto.DeliveryReply,
    refusals: [...OF_RULE, DELIVERY_NOT_FOUND],
  })
  @RequireAnyKey({ bound: 'source' })
  async get(
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId, deliveryId }: DeliveryPath,
  ): Promise<dto.DeliveryReply> {
    return { delivery: new dto.DeliveryDetails(await this.deliveries.get(key, alertId, deliveryId)) };
  }

  @Post('deliveries/:deliveryId/replay')
  @HttpCode(200)
  @Documented({
    id: 'replayAlertDelivery',
    summary: 'Send a delivery once more',
    description:
      'Under the same `webhook-id`, and from the first attempt on. A webhook that was switched off is on again.',
    status: 200,
    answer: dto.DeliveryReplayed,
    refusals: [...OF_RULE, DELIVERY_NOT_FOUND, DELIVERY_WAITING, NO_WEBHOOK_URL],
  })
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async replay(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId, deliveryId }: DeliveryPath,
  ): Promise<dto.DeliveryReplayed> {
    const delivery = await this.deliveries.replay(by, key, alertId, deliveryId);
    return { message: 'Delivery queued again', delivery: new dto.DeliveryView(delivery) };
  }
}
