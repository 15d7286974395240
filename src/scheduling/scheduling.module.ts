import { Global, Module } from '@nestjs/common';
import { LongReads } from './long-reads';
import { WorkScheduler } from './work-scheduler';

/** Shares the server among long reads. Global: any room has some. */
@Global()
@Module({ providers: [WorkScheduler, LongReads], exports: [WorkScheduler] })
export class SchedulingModule {}
