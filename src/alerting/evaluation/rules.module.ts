import { Module } from '@nestjs/common';
import { IngestModule } from '../../ingest/ingest.module';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { FiringRules } from './firing-rules';
import { UptimeMonitor } from './uptime-monitor';
import { TransitionRecorder } from './transition-recorder';
import { RuleRemoval } from './rule-removal';
import { AlertNotifier } from './alert-notifier';
import { RuleScheduler } from './rule-scheduler';
import { RuleEvaluator } from './rule-evaluator';

@Module({
  imports: [IngestModule, WebhooksModule],
  providers: [FiringRules, UptimeMonitor, TransitionRecorder, RuleRemoval, AlertNotifier, RuleScheduler, RuleEvaluator],
  exports: [FiringRules, TransitionRecorder, RuleRemoval],
})
export class RulesModule {}
