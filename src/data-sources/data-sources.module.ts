import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BucketsModule } from '../buckets/buckets.module';
import { Source } from './data-source.entity';
import { DataSourcesController } from './data-sources.controller';
import { DataSourcesService } from './data-sources.service';
import { SourceContents } from './source-contents';
import { SourceStats } from './source-stats';

/** `SourcePoints` is answered by the data room. */
@Module({
  imports: [TypeOrmModule.forFeature([Source]), BucketsModule],
  controllers: [DataSourcesController],
  providers: [DataSourcesService, SourceContents, SourceStats],
  exports: [DataSourcesService, SourceContents],
})
export class DataSourcesModule {}
