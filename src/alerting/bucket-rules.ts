import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RulesInBucket, type CountedBucket } from '../buckets/bucket-contents';
import { AlertRule } from './evaluation/alert-rule.entity';
import { FiringRules } from './evaluation/firing-rules';
import { RuleRemoval } from './evaluation/rule-removal';
import { TransitionRecorder } from './evaluation/transition-recorder';

/** Counts, archives and deletes alert rules with their bucket. */
@Injectable()
export class BucketRules extends RulesInBucket {
  constructor(
    private readonly firingRules: FiringRules,
    private readonly recorder: TransitionRecorder,
    private readonly removal: RuleRemoval,
  ) {
    super();
  }

  override count(manager: EntityManager, { id: bucketId }: CountedBucket): Promise<number> {
    return manager.countBy(AlertRule, { bucketId });
  }

  override archived(manager: EntityManager, bucketId: string): Promise<void> {
    return this.firingRules.resolveAll(manager, { bucketId }, 'archived');
  }

  override reopened(manager: EntityManager, bucketId: string): Promise<void> {
    return this.recorder.restartNoData(manager, { bucketId });
  }

  override removeAll(manager: EntityManager, bucketId: string): Promise<number> {
    return this.removal.remove(manager, { bucketId });
  }
}
