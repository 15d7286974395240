import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { CsvController } from './csv.controller';
import { CsvUploads } from './csv-uploads';
import { IngestCounts } from './ingest-counts';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';
import { LineWriter } from './line-protocol/line-writer';

@Module({
  imports: [BucketsModule, SourcesModule],
  controllers: [IngestController, CsvController],
  providers: [Ingest, IngestCounts, LineWriter, CsvUploads],
  exports: [Ingest, IngestCounts, LineWriter],
})
export class IngestModule {}
