import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { QueriesController } from './query.controller';
import { QueryService } from './query.service';

@Module({
  imports: [BucketsModule, SourcesModule],
  controllers: [QueriesController],
  providers: [QueryService],
  exports: [QueryService],
})
export class QueriesModule {}
