import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { ExportController } from './export/export.controller';
import { QueriesController } from './query.controller';
import { QueryService } from './query.service';

@Module({
  imports: [BucketsModule, SourcesModule],
  controllers: [QueriesController, ExportController],
  providers: [QueryService],
  exports: [QueryService],
})
export class QueriesModule {}
