import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../../auth/current-key.decorator';
import { RequireKeyType } from '../../../auth/require-key-type.decorator';
import type { LeanResponse } from '../../../common/http/lean-messages';
import { mapped, sendPaced } from '../../../common/http/paced-answer';
import type { YieldTurn } from '../../../common/http/yield';
import { Documented } from '../../../common/openapi/openapi';
import { LongListPagination } from '../../../common/pagination';
import { CurrentYield, LongWork } from '../../../scheduling/long-work.decorator';
import { AllDeliveries } from './all-deliveries';
import { DeliveriesQuery, DeliveryOfRuleView } from './all-deliveries.dto';
import * as docs from './deliveries.docs';

/** Messages to the webhooks of all alert rules. */
@ApiTags('Alerts')
@Controller('api/deliveries')
export class AllDeliveriesController {
  constructor(private readonly deliveries: AllDeliveries) {}

  @Get()
  @Documented(docs.LIST_ALL)
  @LongWork()
  @RequireKeyType('admin', 'list the deliveries of all buckets')
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Query() query: DeliveriesQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const page = await this.deliveries.list(key, query, yieldTurn);
    const deliveries = mapped(page.rows, (one) => new DeliveryOfRuleView(one));
    await sendPaced(response, { deliveries, pagination: new LongListPagination(query, page) }, yieldTurn);
  }
}
