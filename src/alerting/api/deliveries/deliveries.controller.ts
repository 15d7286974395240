import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../../../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../../../auth/current-key.decorator';
import { RequireAnyKey, RequireKeyType } from '../../../auth/require-key-type.decorator';
import type { LeanResponse } from '../../../common/http/lean-messages';
import { mapped, sendPaced } from '../../../common/http/paced-answer';
import type { YieldTurn } from '../../../common/http/yield';
import type { Actor } from '../../../common/audit-event';
import { Documented } from '../../../common/openapi/openapi';
import { NewestFirstQuery, Pagination } from '../../../common/pagination';
import { CurrentYield, LongWork } from '../../../scheduling/long-work.decorator';
import { AlertPath } from '../alerts.dto';
import * as docs from './deliveries.docs';
import { DeliveriesService } from './deliveries.service';
import * as dto from './deliveries.dto';
import { AlertTested, DeliveryPath, DeliveryReplayed } from './deliveries.dto';

/** Messages to the webhooks of alert rules. */
@ApiTags('Alerts')
@Controller('api/alerts/:alertId')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post('test')
  @HttpCode(200)
  @Documented(docs.TEST)
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async test(@CurrentKey() key: CurrentApiKey, @Param() { alertId }: AlertPath): Promise<dto.AlertTested> {
    const attempt = await this.deliveries.test(key, alertId);
    return { message: AlertTested.message, delivery: new dto.TestResult(attempt) };
  }

  @Get('deliveries')
  @Documented(docs.LIST)
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
  @Documented(docs.GET)
  @RequireAnyKey({ bound: 'source' })
  async get(
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId, deliveryId }: DeliveryPath,
  ): Promise<dto.DeliveryReply> {
    return { delivery: new dto.DeliveryDetails(await this.deliveries.get(key, alertId, deliveryId)) };
  }

  @Post('deliveries/:deliveryId/replay')
  @HttpCode(200)
  @Documented(docs.REPLAY)
  @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' })
  async replay(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { alertId, deliveryId }: DeliveryPath,
  ): Promise<dto.DeliveryReplayed> {
    const delivery = await this.deliveries.replay(by, key, alertId, deliveryId);
    return { message: DeliveryReplayed.message, delivery: new dto.DeliveryView(delivery) };
  }
}
