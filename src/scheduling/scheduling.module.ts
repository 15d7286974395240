import { Global, Module } from '@nestjs/common';
import { RequestWork } from './request-work';
import { WorkScheduler } from './work-scheduler';

/** Shares the server among long work. Global: any room has some. */
@Global()
@Module({ providers: [WorkScheduler, RequestWork], exports: [WorkScheduler] })
export class SchedulingModule {}
