import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { Importer } from './importer';
import { IngestController } from './ingest.controller';
import { Ingest } from './ingest.service';

@Module({ imports: [BucketsModule], controllers: [IngestController], providers: [Importer, Ingest] })
export class IngestModule {}
