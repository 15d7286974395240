import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AlertState } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import { query } from '../../database/sql';
import { setWatchVersion } from '../../sources/source-rows';
import { AlertRule } from './alert-rule.entity';
import { AlertNotifier, type EvaluatedSource, type LoadedRule, type TransitionWithPoints } from './alert-notifier';

/** What became of a rule. */
export interface EvaluationResult {
  readonly alertState: AlertState;
  readonly transitions: readonly TransitionWithPoints[];
  /** When the time alone changes its state next, where the memory does not tell. */
  readonly dueAt?: number | null;
}

const NOTE = `UPDATE alert_rules SET memory = ?, due_at = ?, last_triggered_at = ? WHERE id = ?`;
const MAX_VERSION = 2 ** 31 - 1;
const MINUTE_MILLIS = 60_000;

/** Writes down what became of rules, and what is to be told of it. All in the transactions of its callers. */
@Injectable()
export class TransitionRecorder {
  constructor(private readonly notifier: AlertNotifier) {}

  /** A rule as it is judged. */
  open(row: AlertRule): LoadedRule {
    const { parsedCondition: condition, cooldownMinutes, repeatMinutes } = row;
    const repeatMillis = (repeatMinutes ?? cooldownMinutes) * MINUTE_MILLIS;
    return { row, condition, cooldownMillis: cooldownMinutes * MINUTE_MILLIS, repeatMillis };
  }

  /** Says whether there was anything to write down. */
  async note(
    manager: EntityManager,
    source: EvaluatedSource,
    rule: LoadedRule,
    { alertState, transitions, dueAt = timerDueAt(rule, alertState) }: EvaluationResult,
  ): Promise<boolean> {
    if (transitions.length === 0 && dueAt === rule.row.dueAt && isDeepStrictEqual(alertState, rule.row.alertState))
      return false;
    let { lastTriggeredAt } = rule.row;
    for (const one of transitions) {
      if (one.transition.event === 'triggered') lastTriggeredAt = one.transition.at;
      await this.notifier.notify(manager, source, rule, one);
    }
    const values = [JSON.stringify(alertState), dueAt, lastTriggeredAt, rule.row.id];
    await query(manager, NOTE, values);
    return true;
  }

  /**
   * Has whoever keeps a source's rules ready read them anew. Versions are drawn by lot: one that was counted up in a transaction
   * that came to nothing would come again, for other rules.
   */
  async invalidateRules(manager: EntityManager, sourceId: string): Promise<void> {
    await setWatchVersion(manager, sourceId, randomInt(1, MAX_VERSION));
  }

  /** Has the silence of a source, or of all of a bucket, be counted from now on: while it took no points it was none. */
  async restartNoData(
    manager: EntityManager,
    where: { readonly sourceId: string } | { readonly bucketId: string },
    nowMillis = Date.now(),
  ): Promise<void> {
    const findNoDataRules = async () =>
      (await manager.findBy(AlertRule, { ...where, status: 'active' })).filter(
        ({ parsedCondition }) => parsedCondition.operator === 'no_data',
      );
    // Sources before their rules, and in order, as everywhere: two transactions must not wait for each other.
    const sourceIds = new Set((await findNoDataRules()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.invalidateRules(manager, sourceId);
    for (const row of await findNoDataRules()) {
      const alertState = { ...row.alertState, since: [nowMillis] };
      const dueAt = timerDueAt(this.open(row), alertState);
      await manager.update(AlertRule, { id: row.id }, { alertState, dueAt });
    }
  }
}
