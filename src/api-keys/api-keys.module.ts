import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyGuard } from '../access/api-key.guard';
import { KeyVerifier } from '../access/key-verifier';
import { BucketsModule } from '../buckets/buckets.module';
import { ApiKey } from './api-key.entity';
import { BucketKeysController } from './bucket-keys.controller';
import { KeyService } from './key.service';
import { LastUsed } from './last-used';
import { OrganizationKeysController } from './organization-keys.controller';

@Module({
  imports: [BucketsModule, TypeOrmModule.forFeature([ApiKey])],
  controllers: [OrganizationKeysController, BucketKeysController],
  providers: [KeyService, LastUsed, ApiKeyGuard, { provide: KeyVerifier, useExisting: KeyService }],
  exports: [KeyService, ApiKeyGuard],
})
export class ApiKeysModule {}
