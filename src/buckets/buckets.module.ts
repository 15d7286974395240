import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { BucketAccess } from './bucket-access';
import { BucketContents } from './bucket-contents';
import { BucketFinder } from './bucket-finder';
import { BucketSummaries } from './bucket-summaries';
import { Bucket } from './bucket.entity';
import { BucketsController } from './buckets.controller';
import { BucketsService } from './buckets.service';

@Module({
  imports: [TypeOrmModule.forFeature([Bucket]), IdempotencyModule],
  controllers: [BucketsController],
  providers: [BucketsService, BucketAccess, BucketContents, BucketFinder, BucketSummaries],
  exports: [BucketsService, BucketAccess, BucketContents, BucketSummaries],
})
export class BucketsModule {}
