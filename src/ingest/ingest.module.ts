import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';
import { PointWatch } from './point-observer';

@Module({
  imports: [BucketsModule],
  controllers: [IngestController],
  providers: [Ingest, PointWatch],
  exports: [Ingest, PointWatch],
})
export class IngestModule {}
