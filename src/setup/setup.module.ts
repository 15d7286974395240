import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module';
import { OrganizationsModule } from '../organizations/organizations.module';
import { AdminKeys } from './admin-keys';
import { PepperCheck } from './pepper-check';

@Module({ imports: [ApiKeysModule, OrganizationsModule], providers: [AdminKeys, PepperCheck], exports: [AdminKeys] })
export class SetupModule {}
