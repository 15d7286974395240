import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { SourcesModule } from '../sources/sources.module';
import { Catalog } from './catalog';
import { InfluxQLService } from './influxql.service';
import { Selection } from './selection';

/** The query language of InfluxDB 1. */
@Module({
  imports: [BucketsModule, SourcesModule],
  providers: [Catalog, InfluxQLService, Selection],
  exports: [InfluxQLService],
})
export class InfluxQLModule {}
