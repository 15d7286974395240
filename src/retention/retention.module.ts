import { Module } from '@nestjs/common';
import { PointsInBucket } from '../buckets/bucket-contents';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { BucketPoints } from './bucket-points';
import { PointDeletionController } from './point-deletion.controller';
import { PointDeletionService } from './point-deletion.service';
import { Retention } from './retention';

@Module({
  imports: [BucketsModule, SourcesModule],
  controllers: [PointDeletionController],
  providers: [{ provide: PointsInBucket, useClass: BucketPoints }, PointDeletionService, Retention],
  exports: [Retention],
})
export class RetentionModule {}
