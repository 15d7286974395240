import { Module } from '@nestjs/common';
import { IngestModule } from '../../ingest/ingest.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { FiredRules } from './fired-rules';
import { Presence } from './presence';
import { RuleBook } from './transition-recorder';
import { RuleRemoval } from './rule-removal';
import { RuleTeller } from './rule-teller';
import { RuleTimer } from './rule-scheduler';
import { RuleWatch } from './rule-evaluator';

@Module({
  imports: [IngestModule, WebhooksModule],
  providers: [FiredRules, Presence, RuleBook, RuleRemoval, RuleTeller, RuleTimer, RuleWatch],
  exports: [FiredRules, RuleBook, RuleRemoval],
})
export class RulesModule {}
