import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { IngestCounts } from './ingest-counts';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';

@Module({
  imports: [BucketsModule],
  controllers: [IngestController],
  providers: [Ingest, IngestCounts],
  exports: [Ingest, IngestCounts],
})
export class IngestModule {}
