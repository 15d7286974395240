import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RefusalLog } from '../access/refusal-log';
import { AuditChain } from './audit-chain';
import { AuditLog } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { AuditController } from './audit.controller';
import { AuditReader } from './audit-reader';
import { Links } from './links';
import { Refusals } from './refusals';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditRow])],
  controllers: [AuditController],
  providers: [Links, AuditLog, AuditChain, AuditReader, Refusals, { provide: RefusalLog, useExisting: Refusals }],
  exports: [AuditLog, AuditChain, RefusalLog],
})
export class AuditModule {}
