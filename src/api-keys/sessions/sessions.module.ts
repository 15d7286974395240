import { Module } from '@nestjs/common';
import { BucketsModule } from '../../buckets/buckets.module';
import { ApiKeysModule } from '../api-keys.module';
import { SessionCodes } from './session-codes';
import { SessionStore } from './session-store';
import { SessionsController } from './sessions.controller';
import { Sessions } from './sessions.service';
import { UsableAdminKeys } from './usable-admin-keys';

@Module({
  imports: [ApiKeysModule, BucketsModule],
  controllers: [SessionsController],
  providers: [Sessions, SessionStore, SessionCodes, UsableAdminKeys],
  exports: [SessionCodes, UsableAdminKeys],
})
export class SessionsModule {}
