import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { AdminKeys } from './admin-keys';

@Module({ imports: [ApiKeysModule, OrganizationsModule], providers: [AdminKeys], exports: [AdminKeys] })
export class SetupModule {}
