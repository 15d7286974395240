import { Module } from '@nestjs/common';
import { DataSourcesModule } from '../data-sources/data-sources.module';
import { PreviewController } from './preview.controller';
import { PreviewService } from './preview.service';

@Module({ imports: [DataSourcesModule], controllers: [PreviewController], providers: [PreviewService] })
export class PreviewsModule {}
