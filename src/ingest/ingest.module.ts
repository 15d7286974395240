import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';

@Module({
  imports: [BucketsModule],
  controllers: [IngestController],
  providers: [Ingest],
  exports: [Ingest],
})
export class IngestModule {}
