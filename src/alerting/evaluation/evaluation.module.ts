import { Module } from '@nestjs/common';
import { WebhooksModule } from '../../webhooks/webhooks.module';
import { AlertNotifier } from './alert-notifier';
import { FiringRules } from './firing-rules';
import { NotificationBacklog } from './notification-backlog';
import { NotificationLog } from './notification-log';
import { RuleEvaluator } from './rule-evaluator';
import { RuleRemoval } from './rule-removal';
import { RuleScheduler } from './rule-scheduler';
import { TransitionRecorder } from './transition-recorder';
import { UptimeMonitor } from './uptime-monitor';

/** Evaluates rules: at each point, and once a second for what only time changes. */
@Module({
  imports: [WebhooksModule],
  providers: [
    AlertNotifier,
    FiringRules,
    NotificationBacklog,
    NotificationLog,
    RuleEvaluator,
    RuleRemoval,
    RuleScheduler,
    TransitionRecorder,
    UptimeMonitor,
  ],
  exports: [FiringRules, RuleEvaluator, RuleRemoval, TransitionRecorder],
})
export class EvaluationModule {}
