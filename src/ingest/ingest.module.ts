import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { IngestCounts } from './ingest-counts';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';
import { LineWriter } from './line-protocol/line-writer';

@Module({
  imports: [BucketsModule, SourcesModule],
  controllers: [IngestController],
  providers: [Ingest, IngestCounts, LineWriter],
  exports: [Ingest, IngestCounts, LineWriter],
})
export class IngestModule {}
