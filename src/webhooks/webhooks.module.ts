import { Module } from '@nestjs/common';
import { Claims } from './claims';
import { Deliverer } from './deliverer';
import { Webhooks } from './webhooks.service';

@Module({ providers: [Claims, Deliverer, Webhooks], exports: [Deliverer, Webhooks] })
export class WebhooksModule {}
