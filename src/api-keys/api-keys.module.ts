import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KeyRights } from '../auth/key-rights';
import { KeyVerifier } from '../auth/key-verifier';
import { StreamTickets } from '../auth/stream-tickets';
import { KeysInBucket } from '../buckets/bucket-contents';
import { BucketsModule } from '../buckets/buckets.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { ApiKey } from './api-key.entity';
import { BucketKeys } from './bucket-keys';
import { BucketKeysController } from './bucket-keys.controller';
import { BulkChanges } from './bulk-changes';
import { BulkAdminKeysController, BulkBucketKeysController } from './bulk-keys.controller';
import { KeyChecker } from './key-checker';
import { KeyCounts } from './key-counts';
import { KeyFinder } from './key-finder';
import { KeyHasher } from './key-hasher';
import { LineLocks } from './line-locks';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { LastAdminKey } from './last-admin-key';
import { LineChanges } from './line-changes';
import { OrganizationKeysController } from './organization-keys.controller';
import { OwnKeyController } from './own-key.controller';

@Module({
  imports: [BucketsModule, IdempotencyModule, TypeOrmModule.forFeature([ApiKey])],
  // Routes with a fixed word in the place of a key's id come first.
  controllers: [
    OwnKeyController,
    BulkBucketKeysController,
    BulkAdminKeysController,
    OrganizationKeysController,
    BucketKeysController,
  ],
  providers: [
    KeyService,
    KeyFinder,
    BulkChanges,
    { provide: KeysInBucket, useClass: BucketKeys },
    KeyHasher,
    KeyRights,
    KeyCounts,
    LineLocks,
    KeyRotation,
    LineChanges,
    LastAdminKey,
    StreamTickets,
    { provide: KeyVerifier, useClass: KeyChecker },
  ],
  exports: [KeyService, KeyFinder, KeyHasher, KeyRights, LineChanges, LineLocks, KeyVerifier],
})
export class ApiKeysModule {}
