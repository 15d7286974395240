import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { initialState, firingOf } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import { PointStore } from '../../points/point-store';
import { AlertRule } from './alert-rule.entity';
import { findEvaluatedSource } from './evaluated-sources';
import type { ResolveReason } from './alert-details';
import { TransitionRecorder } from './transition-recorder';
import { AlertNotifier, type EvaluatedSource } from './alert-notifier';

/** Sends the end of alerts whose rules stop judging, so that no receiver keeps an alarm that nothing will resolve. */
@Injectable()
export class FiringRules {
  constructor(
    private readonly store: PointStore,
    private readonly recorder: TransitionRecorder,
    private readonly notifier: AlertNotifier,
  ) {}

  /** Ends the alerts of some rules in the transaction of the caller. The rules start over, `ok`. */
  async resolveAll(
    manager: EntityManager,
    where: { readonly id: string } | { readonly sourceId: string } | { readonly bucketId: string },
    reason: ResolveReason,
  ): Promise<void> {
    const findFired = async () => (await manager.findBy(AlertRule, where)).filter(isFired);
    // Sources before their rules, and in order, as everywhere: two transactions must not wait for each other.
    const sourceIds = new Set((await findFired()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.recorder.invalidateRules(manager, sourceId);
    const now = Date.now();
    for (const row of await findFired()) {
      const source = await findEvaluatedSource(manager, row.sourceId, now);
      if (!source) continue;
      await this.notifyResolved(manager, source, row, { reason, now });
      if (reason === 'deleted') continue;
      const rule = this.recorder.open(row);
      const alertState = initialState(rule, now, await this.store.latestTime(manager, source));
      await manager.update(AlertRule, { id: row.id }, { alertState, dueAt: timerDueAt(rule, alertState) });
    }
  }

  /** Sends that the alert of a rule is over, if it fired. The caller holds its source, and resets the rule. */
  async end(manager: EntityManager, row: AlertRule, reason: ResolveReason, now = Date.now()): Promise<void> {
    const source = isFired(row) ? await findEvaluatedSource(manager, row.sourceId, now) : undefined;
    if (source) await this.notifyResolved(manager, source, row, { reason, now });
  }

  private async notifyResolved(
    manager: EntityManager,
    source: EvaluatedSource,
    row: AlertRule,
    { reason, now }: { readonly reason: ResolveReason; readonly now: number },
  ): Promise<void> {
    const rule = this.recorder.open(row);
    const transition = { event: 'resolved', at: now, firing: firingOf(rule, row.alertState) } as const;
    const noDataSince = row.alertState.since[0] ?? undefined;
    await this.notifier.notify(manager, source, rule, { transition, points: [], noDataSince, reason });
  }
}

function isFired({ status, alertState }: AlertRule): boolean {
  return status === 'active' && alertState.state === 'triggered';
}
