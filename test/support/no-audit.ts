import { Global, Module } from '@nestjs/common';
import { AuditStore } from '../../src/database/audit-store';

/** For applications of a test that have no audit log: recording an event fails. */
@Global()
@Module({
  providers: [{ provide: AuditStore, useValue: { append: () => Promise.reject(new Error('There is no audit log')) } }],
  exports: [AuditStore],
})
export class NoAuditModule {}
