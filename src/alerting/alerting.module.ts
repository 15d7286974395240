import { Global, Module } from '@nestjs/common';
import { AlertActivity } from '../analytics/alert-activity';
import { RulesInBucket } from '../buckets/bucket-contents';
import { PointObserver } from '../ingest/point-observer';
import { SourceContents } from '../sources/source-contents';
import { AlertStatistics } from './alert-statistics';
import { AlertsApiModule } from './api/alerts-api.module';
import { BucketRules } from './bucket-rules';
import { EvaluationModule } from './evaluation/evaluation.module';
import { RuleEvaluator } from './evaluation/rule-evaluator';
import { SourceRules } from './source-rules';

/** Alert rules. Global, because lower rooms call it through the abstract classes that it provides for them. */
@Global()
@Module({
  imports: [AlertsApiModule, EvaluationModule],
  providers: [
    { provide: RulesInBucket, useClass: BucketRules },
    { provide: AlertActivity, useClass: AlertStatistics },
    { provide: PointObserver, useExisting: RuleEvaluator },
    { provide: SourceContents, useClass: SourceRules },
  ],
  exports: [AlertActivity, PointObserver, SourceContents],
})
export class AlertingModule {}
