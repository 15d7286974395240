import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../../common/config/config';
import { newId } from '../../common/ids';
import { fieldsOf } from '../conditions/matching';
import type { Transition } from '../conditions/state-machine';
import { findSource } from '../../sources/source-rows';
import { ExpiredRows } from '../../database/expired-rows';
import { bulkInsert } from '../../database/bulk-insert';
import { isPostgres, query } from '../../database/sql';
import { PointStore } from '../../points/point-store';
import type { PackedPoint } from '../../points/values';
import type { QueuedMessage } from '../../webhooks/outbox';
import { Webhooks } from '../../webhooks/webhooks.service';
import { AlertEvent } from './alert-event.entity';
import type { AlertRule } from './alert-rule.entity';
import { currentValueOf, alertMessageOf } from './alert-payload';
import type { ResolveReason, AlertDetails } from './alert-details';
import type { EvaluatedSource } from './evaluated-sources';
import { LatestValues } from './latest-values';

/** A transition, and the points that are not stored yet but were seen by then, the newest last. */
export interface TransitionWithPoints {
  readonly transition: Transition;
  readonly points: readonly PackedPoint[];
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

export const HISTORY_KEPT_MILLIS = 366 * 86_400_000;
/** One event in this many checks whether its rule has too many. */
const EVENTS_PER_TRIM = 100;
const BEYOND = 'SELECT id FROM alert_events WHERE rule_id = ? ORDER BY at DESC, id DESC LIMIT 1000 OFFSET ?';

/** Writes transitions to the history and queues their messages, in the transactions of its callers. */
@Injectable()
export class AlertNotifier {
  constructor(
    private readonly store: PointStore,
    private readonly webhooks: Webhooks,
    @Inject(CONFIG) private readonly config: Pick<Config, 'alertEventsPerRule'>,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'alert_events', keptMillis: HISTORY_KEPT_MILLIS });
  }

  /** Adds transitions of a source's rules to their history and queues the messages for their webhooks, in this order. */
  async notifyAll(
    manager: EntityManager,
    source: EvaluatedSource,
    transitions: readonly RuleTransition[],
  ): Promise<void> {
    if (transitions.length === 0) return;
    const latest = new LatestValues(this.store, manager, source);
    const shown = { name: (await findSource(manager, source.id))?.name ?? '', schema: source.schema };
    const events: AlertEvent[] = [];
    const messages: QueuedMessage[] = [];
    for (const { row, transition, points, until, noDataSince, reason } of transitions) {
      const { values, point } = await latest.of(fieldsOf(row.parsedCondition), { points, until });
      const alert = { transition, values, point, noDataSince, reason };
      // The history of a deleted rule is deleted with it.
      if (reason !== 'deleted') events.push(eventOf(row, alert));
      messages.push({ webhookId: row.id, notice: alertMessageOf(row, shown, alert) });
    }
    await bulkInsert(manager, AlertEvent, events);
    for (const { ruleId } of events)
      if (Math.random() * EVENTS_PER_TRIM < 1) await removeOldest(manager, ruleId, this.config.alertEventsPerRule);
    await this.webhooks.enqueueAll(manager, messages);
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

/** Removes the oldest events of a rule that has too many. */
async function removeOldest(manager: EntityManager, ruleId: string, most: number): Promise<void> {
  // Rows that another transaction is removing are skipped: waiting for it would hold up ingest.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const ids = (await query<{ id: string }>(manager, BEYOND + lock, [ruleId, most])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM alert_events WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
