import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PointStore } from '../../points/point-store';
import { firingOf, initialState } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import type { ResolveReason } from './alert-details';
import { AlertNotifier, type EvaluatedSource } from './alert-notifier';
import { AlertRule } from './alert-rule.entity';
import { findEvaluatedSource } from './evaluated-sources';
import { toLoadedRule } from './loaded-rules';
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
  async resolveAll(
    manager: EntityManager,
    where: { readonly id: string } | { readonly sourceId: string } | { readonly bucketId: string },
    reason: ResolveReason,
  ): Promise<void> {
    const findFiring = async () => (await manager.findBy(AlertRule, where)).filter(isFiring);
    // Sources are locked before their rules, and in order, so that two transactions cannot deadlock.
    const sourceIds = new Set((await findFiring()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.recorder.invalidateRules(manager, sourceId);
    const now = Date.now();
    for (const row of await findFiring()) {
      const source = await findEvaluatedSource(manager, row.sourceId, now);
      if (!source) continue;
      await this.notifyResolved(manager, source, row, { reason, now });
      if (reason === 'deleted') continue;
      const rule = toLoadedRule(row);
      const alertState = initialState(rule, now, await this.store.latestTime(manager, source));
      await manager.update(AlertRule, { id: row.id }, { alertState, dueAt: timerDueAt(rule, alertState) });
    }
  }

  /** Resolves the alert of a rule if it fires. The caller has locked its source, and resets the rule. */
  async resolve(manager: EntityManager, row: AlertRule, reason: ResolveReason, now = Date.now()): Promise<void> {
    const source = isFiring(row) ? await findEvaluatedSource(manager, row.sourceId, now) : undefined;
    if (source) await this.notifyResolved(manager, source, row, { reason, now });
  }

  private async notifyResolved(
    manager: EntityManager,
    source: EvaluatedSource,
    row: AlertRule,
    { reason, now }: { readonly reason: ResolveReason; readonly now: number },
  ): Promise<void> {
    const rule = toLoadedRule(row);
    const transition = { event: 'resolved', at: now, firing: firingOf(rule, row.alertState) } as const;
    const noDataSince = row.alertState.since[0] ?? undefined;
    await this.notifier.notify(manager, source, rule, { transition, points: [], noDataSince, reason });
  }
}

function isFiring({ status, alertState }: AlertRule): boolean {
  return status === 'active' && alertState.state === 'triggered';
}
