import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { RequireAnyKey } from '../../auth/require-key-type.decorator';
import { BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../../buckets/buckets.errors';
import { AFTER_AND_OFFSET } from '../../common/errors';
import type { LeanResponse } from '../../common/http/lean-messages';
import { mapped, sendPaced } from '../../common/http/paced-answer';
import type { YieldTurn } from '../../common/http/yield';
import { Documented } from '../../common/openapi/openapi';
import { CursorQuery, Pagination } from '../../common/pagination';
import { CurrentYield, LongWork } from '../../scheduling/long-work.decorator';
import { BucketAlertsPath } from './alerts.dto';
import { AlertList, AlertRuleView } from './alerts.views';
import { RuleReader } from './rule-reader';

/** The alert rules of a bucket. */
@ApiTags('Alerts')
@Controller('api/buckets/:bucketId/alerts')
export class BucketAlertsController {
  constructor(private readonly reader: RuleReader) {}

  @Get()
  @Documented({
    id: 'listAlertRules',
    summary: 'List the alert rules of a bucket',
    description: 'Oldest first. A key that is bound to one data source sees the rules of that one.',
    status: 200,
    answer: AlertList,
    refusals: [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, AFTER_AND_OFFSET],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketAlertsPath,
    @Query() page: CursorQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [rules, total, hasMore] = await this.reader.list(key, bucketId, page, yieldTurn);
    const alertRules = mapped(rules, (rule) => new AlertRuleView(rule, key));
    await sendPaced(
      response,
      { alertRules, pagination: new Pagination(page, total, rules.length, hasMore) },
      yieldTurn,
    );
  }
}
