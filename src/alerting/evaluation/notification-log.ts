import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../../common/config/config';
import { bulkInsert } from '../../database/bulk-insert';
import { ExpiredRows } from '../../database/expired-rows';
import { isPostgres, query } from '../../database/sql';
import type { QueuedMessage } from '../../webhooks/outbox';
import { Webhooks } from '../../webhooks/webhooks.service';
import { AlertEvent } from './alert-event.entity';

export const HISTORY_KEPT_MILLIS = 366 * 86_400_000;
/** One event in this many checks whether its rule has too many. */
const EVENTS_PER_TRIM = 100;
const BEYOND = 'SELECT id FROM alert_events WHERE rule_id = ? ORDER BY at DESC, id DESC LIMIT 1000 OFFSET ?';

/** What a transition of a rule leaves. It consists of JSON values. */
export interface Notification {
  /** The entry in the rule's history; null if the rule is deleted, and its history with it. */
  readonly event: AlertEvent | null;
  readonly message: QueuedMessage;
}

/** Writes the history of alert rules and queues their messages, in the transactions of its callers. */
@Injectable()
export class NotificationLog {
  constructor(
    private readonly webhooks: Webhooks,
    @Inject(CONFIG) private readonly config: Pick<Config, 'alertEventsPerRule'>,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'alert_events', keptMillis: HISTORY_KEPT_MILLIS });
  }

  /** Adds notifications to the histories of their rules, and queues their messages, in this order. */
  async write(manager: EntityManager, notifications: readonly Notification[]): Promise<void> {
    const events = notifications.flatMap(({ event }) => event ?? []);
    await bulkInsert(manager, AlertEvent, events);
    for (const { ruleId } of events)
      if (Math.random() * EVENTS_PER_TRIM < 1) await removeOldest(manager, ruleId, this.config.alertEventsPerRule);
    await this.webhooks.enqueueAll(
      manager,
      notifications.map(({ message }) => message),
    );
  }
}

/** Removes the oldest events of a rule that has too many. */
async function removeOldest(manager: EntityManager, ruleId: string, most: number): Promise<void> {
  // Rows that another transaction is removing are skipped: waiting for it would hold up ingest.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const ids = (await query<{ id: string }>(manager, BEYOND + lock, [ruleId, most])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM alert_events WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
