import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys.module';
import { UsageController } from './usage.controller';

/** The routes for usage. They depend on API keys, whose room in turn depends on the meter. */
@Module({ imports: [ApiKeysModule], controllers: [UsageController] })
export class UsageModule {}
