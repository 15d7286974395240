import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { HealthModule } from '../health/health.module';
import { IngestModule } from '../ingest/ingest.module';
import { InfluxQLModule } from '../influxql/influxql.module';
import { InfluxHealthController } from './influx-health.controller';
import { InfluxQueries } from './influx-queries';
import { InfluxQueryController } from './influx-query.controller';
import { InfluxWriteController } from './influx-write.controller';
import { InfluxWrites } from './influx-writes';
import { NamedBuckets } from './named-bucket';

/** The routes that clients of InfluxDB call. */
@Module({
  imports: [BucketsModule, HealthModule, InfluxQLModule, IngestModule],
  controllers: [InfluxHealthController, InfluxQueryController, InfluxWriteController],
  providers: [InfluxQueries, InfluxWrites, NamedBuckets],
})
export class InfluxModule {}
