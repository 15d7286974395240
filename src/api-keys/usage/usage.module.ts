import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys.module';
import { UsageController } from './usage.controller';

/** What callers may ask of the meter. It knows the keys, which the meter must not: their room counts with it. */
@Module({ imports: [ApiKeysModule], controllers: [UsageController] })
export class UsageModule {}
