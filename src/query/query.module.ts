import { Module } from '@nestjs/common';
import { BucketsModule } from '../buckets/buckets.module';
import { DataSourcesModule } from '../sources/sources.module';
import { QueriesController } from './query.controller';
import { QueryService } from './query.service';

@Module({ imports: [BucketsModule, DataSourcesModule], controllers: [QueriesController], providers: [QueryService] })
export class QueriesModule {}
