import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { DataSourcesModule } from '../data-sources/data-sources.module';
import { BucketPoints } from './bucket-points';
import { DataController } from './data.controller';
import { DataService } from './data.service';
import { Retention } from './retention';

@Module({
  imports: [BucketsModule, DataSourcesModule],
  controllers: [DataController],
  providers: [BucketPoints, DataService, Retention],
})
export class DataModule {}
