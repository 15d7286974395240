import { Module } from '@nestjs/common';
import { BucketsModule } from '../../buckets/buckets.module';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { SourcesModule } from '../../sources/sources.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { EvaluationModule } from '../evaluation/evaluation.module';
import { AlertsController } from './alerts.controller';
import { AlertsService } from './alerts.service';
import { BucketAlertsController } from './bucket-alerts.controller';
import { AllDeliveries } from './deliveries/all-deliveries';
import { AllDeliveriesController } from './deliveries/all-deliveries.controller';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { DeliveriesService } from './deliveries/deliveries.service';
import { ParseController } from './parse/parse.controller';
import { PreviewController } from './preview/preview.controller';
import { PreviewService } from './preview/preview.service';
import { RuleFinder } from './rule-finder';
import { RuleReader } from './rule-reader';
import { RuleWebhooks } from './rule-webhooks';

/** The routes of alert rules, their deliveries and their preview. */
@Module({
  imports: [BucketsModule, SourcesModule, EvaluationModule, IdempotencyModule, WebhooksModule],
  controllers: [
    AlertsController,
    BucketAlertsController,
    DeliveriesController,
    AllDeliveriesController,
    ParseController,
    PreviewController,
  ],
  providers: [AlertsService, AllDeliveries, DeliveriesService, PreviewService, RuleFinder, RuleReader, RuleWebhooks],
})
export class AlertsApiModule {}
