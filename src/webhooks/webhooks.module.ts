import { Module } from '@nestjs/common';
import { Backoffs } from './backoffs';
import { DeliveryLeases } from './delivery-leases';
import { Deliverer } from './deliverer';
import { Poster } from './poster';
import { WebhookResealing } from './webhook-resealing';
import { WebhookSeals } from './webhook-seals';
import { Webhooks } from './webhooks.service';

@Module({
  providers: [Backoffs, DeliveryLeases, Deliverer, Poster, WebhookSeals, WebhookResealing, Webhooks],
  exports: [Deliverer, Webhooks, WebhookResealing],
})
export class WebhooksModule {}
