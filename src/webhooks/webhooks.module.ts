import { Module } from '@nestjs/common';
import { Claims } from './claims';
import { Deliverer } from './deliverer';
import { WebhookResealing } from './webhook-resealing';
import { WebhookSeals } from './webhook-seals';
import { Webhooks } from './webhooks.service';

@Module({
  providers: [Claims, Deliverer, WebhookSeals, WebhookResealing, Webhooks],
  exports: [Deliverer, Webhooks, WebhookResealing],
})
export class WebhooksModule {}
