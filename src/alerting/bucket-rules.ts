import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BucketContents } from '../buckets/bucket-contents';
import { AlertRule } from './evaluation/alert-rule.entity';
import { FiringRules } from './evaluation/firing-rules';
import { RuleRemoval } from './evaluation/rule-removal';
import { TransitionRecorder } from './evaluation/transition-recorder';

/** Registers alert rules as contents of buckets: they are counted, archived and deleted with their bucket. */
@Injectable()
export class BucketRules implements OnModuleInit {
  constructor(
    private readonly contents: BucketContents,
    private readonly firingRules: FiringRules,
    private readonly recorder: TransitionRecorder,
    private readonly removal: RuleRemoval,
  ) {}

  onModuleInit(): void {
    this.contents.register({
      kind: 'alertRules',
      count: (manager, { id: bucketId }) => manager.countBy(AlertRule, { bucketId }),
      archived: (manager, bucketId) => this.firingRules.resolveAll(manager, { bucketId }, 'archived'),
      reopened: (manager, bucketId) => this.recorder.restartNoData(manager, { bucketId }),
      removeAll: (manager, bucketId) => this.removal.remove(manager, { bucketId }),
    });
  }
}
