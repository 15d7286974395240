import { Global, Module } from '@nestjs/common';
import { RequestWork } from './request-work';
import { WorkScheduler } from './work-scheduler';

/** Schedules long work. Global, because every room may have some. */
@Global()
@Module({ providers: [WorkScheduler, RequestWork], exports: [WorkScheduler] })
export class SchedulingModule {}
