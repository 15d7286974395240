import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { query } from '../../database/sql';
import { setWatchVersion } from '../../sources/source-rows';
import type { AlertState } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import { AlertNotifier, type EvaluatedSource, type TransitionWithPoints } from './alert-notifier';
import { AlertRule } from './alert-rule.entity';
import { toLoadedRule, type LoadedRule } from './loaded-rules';

export interface EvaluationResult {
  readonly alertState: AlertState;
  readonly transitions: readonly TransitionWithPoints[];
  /** When time alone changes the state next, if the state itself does not tell. */
  readonly dueAt?: number | null;
}

const SET_STATE = `UPDATE alert_rules SET memory = ?, due_at = ?, last_triggered_at = ? WHERE id = ?`;
const MAX_VERSION = 2 ** 31 - 1;

/** Stores new states of rules and queues their notifications, in the transactions of its callers. */
@Injectable()
export class TransitionRecorder {
  constructor(private readonly notifier: AlertNotifier) {}

  /** @returns whether anything changed */
  async record(
    manager: EntityManager,
    source: EvaluatedSource,
    rule: LoadedRule,
    { alertState, transitions, dueAt = timerDueAt(rule, alertState) }: EvaluationResult,
  ): Promise<boolean> {
    const { row } = rule;
    if (transitions.length === 0 && dueAt === row.dueAt && isDeepStrictEqual(alertState, row.alertState)) return false;
    let { lastTriggeredAt } = row;
    for (const one of transitions) {
      if (one.transition.event === 'triggered') lastTriggeredAt = one.transition.at;
      await this.notifier.notify(manager, source, rule, one);
    }
    await query(manager, SET_STATE, [JSON.stringify(alertState), dueAt, lastTriggeredAt, row.id]);
    return true;
  }

  /**
   * Makes every instance reload the rules of a source. Versions are random: a counter that was raised in a transaction that
   * rolled back would later stand for other rules.
   */
  async invalidateRules(manager: EntityManager, sourceId: string): Promise<void> {
    await setWatchVersion(manager, sourceId, randomInt(1, MAX_VERSION));
  }

  /** Makes `no_data` rules count from now on, because an archived source or bucket is active again. */
  async restartNoData(
    manager: EntityManager,
    where: { readonly sourceId: string } | { readonly bucketId: string },
    nowMillis = Date.now(),
  ): Promise<void> {
    const findNoDataRules = async () =>
      (await manager.findBy(AlertRule, { ...where, status: 'active' })).filter(
        ({ parsedCondition }) => parsedCondition.operator === 'no_data',
      );
    // Sources are locked before their rules, and in order, so that two transactions cannot deadlock.
    const sourceIds = new Set((await findNoDataRules()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.invalidateRules(manager, sourceId);
    for (const row of await findNoDataRules()) {
      const alertState = { ...row.alertState, since: [nowMillis] };
      const dueAt = timerDueAt(toLoadedRule(row), alertState);
      await manager.update(AlertRule, { id: row.id }, { alertState, dueAt });
    }
  }
}
