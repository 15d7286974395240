import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SourcesInBucket } from '../buckets/bucket-contents';
import { BucketsModule } from '../buckets/buckets.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { AllSourcesController } from './all-sources.controller';
import { BucketSources } from './bucket-sources';
import { SeriesNames } from './series-names';
import { SeriesRegistry } from './series-registry';
import { Source } from './source.entity';
import { SourcesController } from './sources.controller';
import { SourcesService } from './sources.service';
import { NewSources } from './new-sources';
import { SourceFinder } from './source-finder';
import { SourceListing } from './source-listing';
import { SourceStats } from './source-stats';

/** The points room provides `SourcePoints`, alerting provides `SourceContents`. */
@Module({
  imports: [TypeOrmModule.forFeature([Source]), BucketsModule, IdempotencyModule],
  controllers: [AllSourcesController, SourcesController],
  providers: [
    { provide: SourcesInBucket, useClass: BucketSources },
    SourcesService,
    NewSources,
    SeriesRegistry,
    SeriesNames,
    SourceFinder,
    SourceListing,
    SourceStats,
  ],
  exports: [SourcesService, SeriesRegistry, SeriesNames],
})
export class SourcesModule {}
