import { Module } from '@nestjs/common';
import { PointsInBucket } from '../buckets/bucket-contents';
import { BucketsModule } from '../buckets/buckets.module';
import { DataSourcesModule } from '../sources/sources.module';
import { BucketPoints } from './bucket-points';
import { DataController } from './point-deletion.controller';
import { DataService } from './point-deletion.service';
import { Retention } from './retention';

@Module({
  imports: [BucketsModule, DataSourcesModule],
  controllers: [DataController],
  providers: [{ provide: PointsInBucket, useClass: BucketPoints }, DataService, Retention],
})
export class DataModule {}
