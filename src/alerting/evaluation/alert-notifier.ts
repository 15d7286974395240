import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../../common/http/yield';
import { newId } from '../../common/ids';
import { fieldsOf } from '../conditions/matching';
import type { Transition } from '../conditions/state-machine';
import { findSource } from '../../sources/source-rows';
import { PointStore } from '../../points/point-store';
import type { PackedPoint } from '../../points/values';
import type { AlertEvent } from './alert-event.entity';
import type { AlertRule } from './alert-rule.entity';
import { currentValueOf, alertMessageOf } from './alert-payload';
import type { ResolveReason, AlertDetails } from './alert-details';
import type { EvaluatedSource } from './evaluated-sources';
import { LatestValues } from './latest-values';
import { NotificationBacklog } from './notification-backlog';
import { NotificationLog, type Notification } from './notification-log';

/** A transition, and the points that are not stored yet but were seen by then, the newest last. */
export interface TransitionWithPoints {
  readonly transition: Transition;
  readonly points: readonly PackedPoint[];
  /** How many of `points` were seen by then; by default all of them. */
  readonly seen?: number;
  /** Stored points from this time on are ignored, because they are newer than the transition. */
  readonly until?: number;
  /** For `no_data`: since when data is missing. */
  readonly noDataSince?: number | undefined;
  /** Why the alert ended, if not through its condition. */
  readonly reason?: ResolveReason | undefined;
}

/** A rule, and one of its transitions. */
export interface RuleTransition extends TransitionWithPoints {
  readonly row: AlertRule;
}

/** Writes transitions to the history and queues their messages, in the transactions of its callers or after them. */
@Injectable()
export class AlertNotifier {
  constructor(
    private readonly store: PointStore,
    private readonly log: NotificationLog,
    private readonly backlog: NotificationBacklog,
  ) {}

  /**
   * Adds notifications of a source's rules to their history and queues the messages for their webhooks, in this order. The caller has
   * locked the source.
   *
   * @param sliced the notifications as texts of `packed`, if these were made in advance
   * @returns whether they were postponed, since there are many of them: call `NotificationBacklog.writeOut` after the commit
   */
  async notify(
    manager: EntityManager,
    sourceId: string,
    notifications: readonly Notification[],
    sliced?: readonly string[],
  ): Promise<boolean> {
    if (notifications.length === 0) return false;
    if (await this.backlog.postpone(manager, sourceId, notifications, sliced)) return true;
    await this.log.write(manager, notifications);
    return false;
  }

  /** Notifies of transitions within the transaction, whatever their number. */
  async notifyNow(
    manager: EntityManager,
    source: EvaluatedSource,
    transitions: readonly RuleTransition[],
  ): Promise<void> {
    await this.backlog.writeWithin(manager, source.id);
    await this.log.write(manager, await this.notificationsOf(manager, source, transitions));
  }

  /** What these transitions of a source's rules notify of. */
  async notificationsOf(
    manager: EntityManager,
    source: EvaluatedSource,
    transitions: readonly RuleTransition[],
    yieldTurn?: YieldTurn,
  ): Promise<Notification[]> {
    if (transitions.length === 0) return [];
    const latest = new LatestValues(this.store, manager, source);
    const shown = { name: (await findSource(manager, source.id))?.name ?? '', schema: source.schema };
    const notifications: Notification[] = [];
    for (const { row, transition, points, seen, until, noDataSince, reason } of transitions) {
      await yieldTurn?.();
      const { values, point } = await latest.of(fieldsOf(row.parsedCondition), { points, seen, until });
      const alert = { transition, values, point, noDataSince, reason };
      notifications.push({
        event: reason === 'deleted' ? null : eventOf(row, alert),
        message: { webhookId: row.id, notice: alertMessageOf(row, shown, alert) },
      });
    }
    return notifications;
  }
}

function eventOf({ id, bucketId, parsedCondition }: AlertRule, alert: AlertDetails): AlertEvent {
  const { transition, point, reason } = alert;
  return {
    id: newId(),
    ruleId: id,
    bucketId,
    event: transition.event,
    at: transition.at,
    currentValue: JSON.stringify(currentValueOf(parsedCondition, alert)),
    dataPoint: point && JSON.stringify(point),
    repeats: transition.firing.repeats,
    reason: reason ?? null,
    createdAt: Date.now(),
  };
}
