import { Module } from '@nestjs/common';
import { IngestModule } from '../ingest/ingest.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { RuleBook } from './rule-book';
import { RuleTimer } from './rule-timer';
import { RuleWatch } from './rule-watch';

@Module({
  imports: [IngestModule, WebhooksModule],
  providers: [RuleBook, RuleTimer, RuleWatch],
  exports: [RuleBook],
})
export class RulesModule {}
