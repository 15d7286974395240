import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { AdminKeys } from './admin-keys';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { PepperCheck } from './pepper-check';
import { SecretRotation } from './secret-rotation';

@Module({
  imports: [ApiKeysModule, OrganizationsModule, WebhooksModule],
  providers: [AdminKeys, PepperCheck, SecretRotation],
  exports: [AdminKeys, SecretRotation],
})
export class SetupModule {}
