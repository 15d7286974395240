import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { RequireAnyKey } from '../../auth/require-key-type.decorator';
import type { LeanResponse } from '../../common/http/lean-messages';
import { mapped, sendPaced } from '../../common/http/paced-answer';
import type { YieldTurn } from '../../common/http/yield';
import { Documented } from '../../common/openapi/openapi';
import { Pagination } from '../../common/pagination';
import { CurrentYield, LongWork } from '../../scheduling/long-work.decorator';
import * as docs from './alerts.docs';
import { BucketPath } from '../../buckets/bucket-path.dto';
import { AlertsQuery } from './alert-list.dto';
import { AlertRuleView } from './alerts.views';
import { RuleReader } from './rule-reader';

/** The alert rules of a bucket. */
@ApiTags('Alerts')
@Controller('api/buckets/:bucketId/alerts')
export class BucketAlertsController {
  constructor(private readonly reader: RuleReader) {}

  @Get()
  @Documented(docs.LIST)
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() query: AlertsQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [rules, total, hasMore] = await this.reader.list(key, { ...query, bucketId }, yieldTurn);
    const pagination = new Pagination(query, total, rules.length, hasMore);
    const alertRules = mapped(rules, (rule) => new AlertRuleView(rule, key));
    await sendPaced(response, { alertRules, pagination }, yieldTurn);
  }
}
