import { Module } from '@nestjs/common';
import { InfluxQLService } from './influxql.service';

/** The query language of InfluxDB 1. */
@Module({ providers: [InfluxQLService], exports: [InfluxQLService] })
export class InfluxQLModule {}
