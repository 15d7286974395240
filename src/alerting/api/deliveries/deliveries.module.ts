import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts.module';
import { WebhooksModule } from '../../../webhooks/webhooks.module';
import { DeliveriesController } from './deliveries.controller';
import { DeliveriesService } from './deliveries.service';

@Module({
  imports: [AlertsModule, WebhooksModule],
  controllers: [DeliveriesController],
  providers: [DeliveriesService],
})
export class DeliveriesModule {}
