import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AlertActivity } from '../../analytics/alert-activity';
import { BucketContents } from '../../buckets/bucket-contents';
import { fieldsOf } from '../conditions/rule-state';
import { SourceContents } from '../../sources/source-contents';
import { AlertRule } from '../evaluation/alert-rule.entity';
import { FiringRules } from '../evaluation/firing-rules';
import { TransitionRecorder } from '../evaluation/transition-recorder';
import { RuleRemoval } from '../evaluation/rule-removal';
import { alertCounts } from './alert-counts';

/** What buckets, data sources and analytics ask and say about alert rules, without knowing this room. */
@Injectable()
export class RuleRegistrations implements OnModuleInit {
  constructor(
    private readonly contents: BucketContents,
    private readonly sourceContents: SourceContents,
    private readonly activity: AlertActivity,
    private readonly recorder: TransitionRecorder,
    private readonly firingRules: FiringRules,
    private readonly removal: RuleRemoval,
  ) {}

  onModuleInit(): void {
    this.contents.register({
      kind: 'alertRules',
      count: (manager, { id: bucketId }) => manager.countBy(AlertRule, { bucketId }),
      archived: (manager, bucketId) => this.firingRules.resolveAll(manager, { bucketId }, 'archived'),
      reopened: (manager, bucketId) => this.recorder.restartNoData(manager, { bucketId }),
      removeAll: (manager, bucketId) => this.removal.end(manager, { bucketId }),
    });
    this.sourceContents.register({
      fieldsInUse: async (manager, sourceId) => {
        const rules = await manager.findBy(AlertRule, { sourceId });
        return new Set(rules.flatMap(({ parsedCondition }) => fieldsOf(parsedCondition)));
      },
      archived: (manager, sourceId) => this.firingRules.resolveAll(manager, { sourceId }, 'archived'),
      reopened: (manager, sourceId) => this.recorder.restartNoData(manager, { sourceId }),
      removeAll: (manager, sourceId) => this.removal.end(manager, { sourceId }),
    });
    this.activity.register(alertCounts);
  }
}
