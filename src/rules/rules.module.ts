import { Module } from '@nestjs/common';
import { IngestModule } from '../ingest/ingest.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { RuleBook } from './rule-book';
import { RuleRemoval } from './rule-removal';
import { RuleTimer } from './rule-timer';
import { RuleWatch } from './rule-watch';

@Module({
  imports: [IngestModule, WebhooksModule],
  providers: [RuleBook, RuleRemoval, RuleTimer, RuleWatch],
  exports: [RuleBook, RuleRemoval],
})
export class RulesModule {}
