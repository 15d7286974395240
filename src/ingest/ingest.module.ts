import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { Importer } from './importer';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';
import { PointWatch } from './point-watch';

@Module({
  imports: [BucketsModule],
  controllers: [IngestController],
  providers: [Importer, Ingest, PointWatch],
  exports: [PointWatch],
})
export class IngestModule {}
