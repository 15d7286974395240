import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AlertActivity } from '../../analytics/alert-activity';
import { BucketContents } from '../../buckets/bucket-contents';
import { fieldsOf } from '../conditions/rule-state';
import { SourceContents } from '../../sources/source-contents';
import { AlertRule } from '../evaluation/alert-rule.entity';
import { FiredRules } from '../evaluation/fired-rules';
import { RuleBook } from '../evaluation/transition-recorder';
import { RuleRemoval } from '../evaluation/rule-removal';
import { alertCounts } from './alert-counts';

/** What buckets, data sources and analytics ask and say about alert rules, without knowing this room. */
@Injectable()
export class RuleContents implements OnModuleInit {
  constructor(
    private readonly contents: BucketContents,
    private readonly sourceContents: SourceContents,
    private readonly activity: AlertActivity,
    private readonly book: RuleBook,
    private readonly fired: FiredRules,
    private readonly removal: RuleRemoval,
  ) {}

  onModuleInit(): void {
    this.contents.register({
      kind: 'alertRules',
      count: (manager, { id: bucketId }) => manager.countBy(AlertRule, { bucketId }),
      archived: (manager, bucketId) => this.fired.endAll(manager, { bucketId }, 'archived'),
      reopened: (manager, bucketId) => this.book.beginSilence(manager, { bucketId }),
      removeAll: (manager, bucketId) => this.removal.end(manager, { bucketId }),
    });
    this.sourceContents.register({
      fieldsInUse: async (manager, sourceId) => {
        const rules = await manager.findBy(AlertRule, { sourceId });
        return new Set(rules.flatMap(({ parsedCondition }) => fieldsOf(parsedCondition)));
      },
      archived: (manager, sourceId) => this.fired.endAll(manager, { sourceId }, 'archived'),
      reopened: (manager, sourceId) => this.book.beginSilence(manager, { sourceId }),
      removeAll: (manager, sourceId) => this.removal.end(manager, { sourceId }),
    });
    this.activity.register(alertCounts);
  }
}
