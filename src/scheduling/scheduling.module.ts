import { Global, Module } from '@nestjs/common';
import { WorkScheduler } from './work-scheduler';

/** Shares the server among long reads. Global: any room has some. */
@Global()
@Module({ providers: [WorkScheduler], exports: [WorkScheduler] })
export class SchedulingModule {}
