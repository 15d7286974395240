import { Module } from '@nestjs/common';
import { Deliverer } from './deliverer';
import { Webhooks } from './webhooks.service';

@Module({ providers: [Deliverer, Webhooks], exports: [Deliverer, Webhooks] })
export class WebhooksModule {}
