import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../access/current-key.decorator';
import { RequireAnyKey } from '../access/require-key-type.decorator';
import { BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { Documented } from '../common/openapi/openapi';
import { PageQuery, Pagination } from '../common/pagination';
import { BucketAlertsPath } from './alerts.dto';
import { AlertsService } from './alerts.service';
import { AlertList, AlertRuleView } from './alerts.views';

/** The alert rules of a bucket. */
@ApiTags('Alerts')
@Controller('api/buckets/:bucketId/alerts')
export class BucketAlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Get()
  @Documented({
    id: 'listAlertRules',
    summary: 'List the alert rules of a bucket',
    description: 'Oldest first. A key that is bound to one data source sees the rules of that one.',
    status: 200,
    answer: AlertList,
    refusals: [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND],
  })
  @RequireAnyKey('listAlertRules')
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketAlertsPath,
    @Query() page: PageQuery,
  ): Promise<AlertList> {
    const [rules, total] = await this.alerts.list(key, bucketId, page);
    return {
      alertRules: rules.map((rule) => new AlertRuleView(rule, key)),
      pagination: new Pagination(page, total, rules.length),
    };
  }
}
