import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BucketAccess } from './bucket-access';
import { BucketContents } from './bucket-contents';
import { Bucket } from './bucket.entity';
import { BucketsController } from './buckets.controller';
import { BucketsService } from './buckets.service';

@Module({
  imports: [TypeOrmModule.forFeature([Bucket])],
  controllers: [BucketsController],
  providers: [BucketsService, BucketAccess, BucketContents],
  exports: [BucketsService, BucketAccess, BucketContents],
})
export class BucketsModule {}
