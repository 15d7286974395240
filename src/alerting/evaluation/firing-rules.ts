import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PointStore } from '../../points/point-store';
import { firingOf, initialState } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import type { ResolveReason } from './alert-details';
import { AlertNotifier } from './alert-notifier';
import type { AlertRule } from './alert-rule.entity';
import { findEvaluatedSource, type EvaluatedSource } from './evaluated-sources';
import { findRules, toLoadedRule, type RuleFilter } from './loaded-rules';
import { storeStates, type RuleState } from './rule-states';
import { TransitionRecorder } from './transition-recorder';

/** Resolves the alerts of rules that stop being evaluated, so that no receiver keeps an alert that never ends. */
@Injectable()
export class FiringRules {
  constructor(
    private readonly store: PointStore,
    private readonly recorder: TransitionRecorder,
    private readonly notifier: AlertNotifier,
  ) {}

  /** Resolves the alerts of some rules in the caller's transaction, and resets the rules to `ok`. */
  async resolveAll(manager: EntityManager, filter: RuleFilter, reason: ResolveReason): Promise<void> {
    const findFiring = async () => (await findRules(manager, filter)).filter(isFiring);
    // Sources are locked before their rules, and in order, so that two transactions cannot deadlock.
    const sourceIds = new Set((await findFiring()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.recorder.invalidateRules(manager, sourceId);
    const now = Date.now();
    for (const [sourceId, rows] of bySource(await findFiring())) {
      const source = await findEvaluatedSource(manager, sourceId, now);
      if (!source) continue;
      await this.notifyResolved(manager, source, rows, { reason, now });
      if (reason === 'deleted') continue;
      const latest = await this.store.latestTime(manager, source);
      const states = rows.map((row): RuleState => {
        const rule = toLoadedRule(row);
        const alertState = initialState(rule, now, latest);
        return { id: row.id, alertState, dueAt: timerDueAt(rule, alertState), lastTriggeredAt: row.lastTriggeredAt };
      });
      await storeStates(manager, states);
    }
  }

  /** Resolves the alert of a rule if it fires. The caller has locked its source, and resets the rule. */
  async resolve(manager: EntityManager, row: AlertRule, reason: ResolveReason, now = Date.now()): Promise<void> {
    const source = isFiring(row) ? await findEvaluatedSource(manager, row.sourceId, now) : undefined;
    if (source) await this.notifyResolved(manager, source, [row], { reason, now });
  }

  private async notifyResolved(
    manager: EntityManager,
    source: EvaluatedSource,
    rows: readonly AlertRule[],
    { reason, now }: { readonly reason: ResolveReason; readonly now: number },
  ): Promise<void> {
    const transitions = rows.map((row) => {
      const transition = { event: 'resolved', at: now, firing: firingOf(toLoadedRule(row), row.alertState) } as const;
      return { row, transition, points: [], noDataSince: row.alertState.since[0] ?? undefined, reason };
    });
    await this.notifier.notifyNow(manager, source, transitions);
  }
}

function bySource(rows: readonly AlertRule[]): Map<string, AlertRule[]> {
  const grouped = new Map<string, AlertRule[]>();
  for (const row of rows) {
    const own = grouped.get(row.sourceId);
    if (own) own.push(row);
    else grouped.set(row.sourceId, [row]);
  }
  return grouped;
}

function isFiring({ status, alertState }: AlertRule): boolean {
  return status === 'active' && alertState.state === 'triggered';
}
