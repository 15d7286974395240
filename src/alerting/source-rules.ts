import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SourceContents } from '../sources/source-contents';
import { fieldsOf } from './conditions/matching';
import { AlertRule } from './evaluation/alert-rule.entity';
import { FiringRules } from './evaluation/firing-rules';
import { RuleRemoval } from './evaluation/rule-removal';
import { TransitionRecorder } from './evaluation/transition-recorder';

/** The alert rules of data sources: they are archived and deleted with their source, and keep it from losing fields they use. */
@Injectable()
export class SourceRules implements SourceContents {
  constructor(
    private readonly firingRules: FiringRules,
    private readonly recorder: TransitionRecorder,
    private readonly removal: RuleRemoval,
  ) {}

  async fieldsInUse(manager: EntityManager, sourceId: string): Promise<ReadonlySet<string>> {
    const rules = await manager.findBy(AlertRule, { sourceId });
    return new Set(rules.flatMap(({ parsedCondition }) => fieldsOf(parsedCondition)));
  }

  archived(manager: EntityManager, sourceId: string): Promise<void> {
    return this.firingRules.resolveAll(manager, { sourceId }, 'archived');
  }

  reopened(manager: EntityManager, sourceId: string): Promise<void> {
    return this.recorder.restartNoData(manager, { sourceId });
  }

  removeAll(manager: EntityManager, sourceId: string): Promise<number> {
    return this.removal.remove(manager, { sourceId });
  }
}
