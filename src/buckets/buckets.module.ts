import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BucketAccess } from './bucket-access';
import { BucketContents } from './bucket-contents';
import { BucketNames } from './bucket-names';
import { Bucket } from './bucket.entity';
import { BucketsController } from './buckets.controller';
import { BucketsService } from './buckets.service';

@Module({
  imports: [TypeOrmModule.forFeature([Bucket])],
  controllers: [BucketsController],
  providers: [BucketsService, BucketAccess, BucketContents, BucketNames],
  exports: [BucketsService, BucketAccess, BucketContents, BucketNames],
})
export class BucketsModule {}
