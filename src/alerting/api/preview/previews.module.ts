import { Module } from '@nestjs/common';
import { BucketsModule } from '../../../buckets/buckets.module';
import { DataSourcesModule } from '../../../sources/sources.module';
import { PreviewController } from './preview.controller';
import { PreviewService } from './preview.service';

@Module({ imports: [BucketsModule, DataSourcesModule], controllers: [PreviewController], providers: [PreviewService] })
export class PreviewsModule {}
