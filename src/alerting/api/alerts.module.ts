import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../../analytics/analytics.module';
import { BucketsModule } from '../../buckets/buckets.module';
import { DataSourcesModule } from '../../sources/sources.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { RulesModule } from '../evaluation/rules.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { AlertsController } from './alerts.controller';
import { AlertsService } from './alerts.service';
import { BucketAlertsController } from './bucket-alerts.controller';
import { RuleRegistrations } from './rule-registrations';
import { RuleReader } from './rule-reader';
import { RuleWebhooks } from './rule-webhooks';

@Module({
  imports: [AnalyticsModule, BucketsModule, DataSourcesModule, IdempotencyModule, RulesModule, WebhooksModule],
  controllers: [AlertsController, BucketAlertsController],
  providers: [AlertsService, RuleRegistrations, RuleReader, RuleWebhooks],
  exports: [AlertsService, RuleReader],
})
export class AlertsModule {}
