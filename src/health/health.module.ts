import { Module } from '@nestjs/common';
import { Clock } from './clock';
import { HealthController } from './health.controller';
import { Readiness } from './readiness';

@Module({ controllers: [HealthController], providers: [Clock, Readiness], exports: [Readiness] })
export class HealthModule {}
