import { Module } from '@nestjs/common';
import { Clock } from './clock';
import { HealthController } from './health.controller';

@Module({ controllers: [HealthController], providers: [Clock] })
export class HealthModule {}
