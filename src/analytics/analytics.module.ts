import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { DataSourcesModule } from '../sources/sources.module';
import { AlertActivity } from './alert-activity';
import { AnalyticsController } from './analytics.controller';
import { AnalyticsService } from './analytics.service';

@Module({
  imports: [BucketsModule, DataSourcesModule],
  controllers: [AnalyticsController],
  providers: [AnalyticsService, AlertActivity],
  exports: [AlertActivity],
})
export class AnalyticsModule {}
