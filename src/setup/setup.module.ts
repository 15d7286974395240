import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module';
import { SessionsModule } from '../api-keys/sessions/sessions.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { AdminKeys } from './admin-keys';
import { ConsoleLinks } from './console-links';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { PepperCheck } from './pepper-check';
import { SecretRotation } from './secret-rotation';

@Module({
  imports: [ApiKeysModule, SessionsModule, OrganizationsModule, WebhooksModule],
  providers: [AdminKeys, ConsoleLinks, PepperCheck, SecretRotation],
  exports: [AdminKeys, ConsoleLinks, SecretRotation],
})
export class SetupModule {}
