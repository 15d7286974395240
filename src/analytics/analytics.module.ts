import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { AnalyticsController } from './analytics.controller';
import { AnalyticsService } from './analytics.service';

@Module({
  imports: [BucketsModule, SourcesModule],
  controllers: [AnalyticsController],
  providers: [AnalyticsService],
})
export class AnalyticsModule {}
