import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RefusalLog } from '../auth/refusal-log';
import { AuditStore } from '../database/audit-store';
import { AuditAnchors } from './audit-anchors';
import { AuditChain } from './audit-chain';
import { AuditLog } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { AuditController } from './audit.controller';
import { AuditReader } from './audit-reader';
import { AuditTotals } from './audit-totals';
import { AuditRetention } from './audit-retention';
import { Links } from './links';
import { Refusals } from './refusals';

/** Contains the log. Nest destroys global modules last, after the database is closed, so this module is not global itself. */
@Module({
  imports: [TypeOrmModule.forFeature([AuditRow])],
  controllers: [AuditController],
  providers: [
    ...[Links, AuditLog, AuditAnchors, AuditChain, AuditReader, AuditTotals, AuditRetention, Refusals],
    { provide: AuditStore, useExisting: AuditLog },
    { provide: RefusalLog, useExisting: Refusals },
  ],
  exports: [AuditStore, AuditLog, AuditAnchors, AuditChain, RefusalLog],
})
class LogModule {}

/** Makes the audit log available to every room. */
@Global()
@Module({ imports: [LogModule], exports: [LogModule] })
export class AuditModule {}
