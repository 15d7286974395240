import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/analytics.module';
import { BucketsModule } from '../buckets/buckets.module';
import { DataSourcesModule } from '../data-sources/data-sources.module';
import { IngestModule } from '../ingest/ingest.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { AlertsController } from './alerts.controller';
import { AlertsService } from './alerts.service';
import { BucketAlertsController } from './bucket-alerts.controller';
import { DeliveriesController } from './deliveries.controller';
import { DeliveriesService } from './deliveries.service';
import { PreviewService } from './preview.service';
import { RuleBook } from './rule-book';
import { RuleTimer } from './rule-timer';
import { RuleWatch } from './rule-watch';

@Module({
  imports: [AnalyticsModule, BucketsModule, DataSourcesModule, IngestModule, WebhooksModule],
  controllers: [AlertsController, BucketAlertsController, DeliveriesController],
  providers: [AlertsService, DeliveriesService, PreviewService, RuleBook, RuleTimer, RuleWatch],
})
export class AlertsModule {}
