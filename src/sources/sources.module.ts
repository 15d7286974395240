import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BucketsModule } from '../buckets/buckets.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { Source } from './source.entity';
import { DataSourcesController } from './sources.controller';
import { DataSourcesService } from './sources.service';
import { NewSources } from './new-sources';
import { SourceContents } from './source-contents';
import { SourceStats } from './source-stats';

/** `SourcePoints` is answered by the data room. */
@Module({
  imports: [TypeOrmModule.forFeature([Source]), BucketsModule, IdempotencyModule],
  controllers: [DataSourcesController],
  providers: [DataSourcesService, NewSources, SourceContents, SourceStats],
  exports: [DataSourcesService, SourceContents],
})
export class DataSourcesModule {}
