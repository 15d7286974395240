import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId } from '../../common/ids';
import { OutageLog } from '../../common/outage-log';
import { bulkInsert } from '../../database/bulk-insert';
import { PeriodicTasks } from '../../database/periodic-task';
import { query, type SqlValue } from '../../database/sql';
import { selectRows } from '../../database/select-rows';
import { watched, type Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { lockSource } from '../../sources/source-rows';
import { Deliverer } from '../../webhooks/deliverer';
import { BacklogSlice } from './backlog-slice.entity';
import { notificationsIn, SLICE_LENGTH, slicesOf } from './backlog-texts';
import { conditionOf, type RuleFilter } from './loaded-rules';
import { NotificationLog, type Notification } from './notification-log';

const EVERY_MILLIS = 10_000;
/** A request waits no longer than this for a step. */
const STALL_MILLIS = 15_000;

const LAST = 'SELECT max(sequence) AS last FROM notification_backlog WHERE source_id = ?';
const FIRST = 'WHERE source_id = ? ORDER BY sequence LIMIT 1';
const SOURCES = `SELECT DISTINCT source_id AS "sourceId" FROM notification_backlog WHERE source_id > ? ORDER BY source_id LIMIT 1`;
const REMOVE = 'DELETE FROM notification_backlog WHERE id = ?';
const sourcesOf = (condition: string) => `SELECT DISTINCT source_id AS "sourceId" FROM notification_backlog
  WHERE source_id IN (SELECT source_id FROM alert_rules WHERE ${condition}) ORDER BY source_id`;
const FAILED = 'Notifications of alerts could not be written yet';

/**
 * Notifications that are written after the commit of their cause, in steps that do not hold up other requests: of a data source with
 * hundreds of alert rules, one point may trigger all of them. What waits here survives a crash.
 */
@Injectable()
export class NotificationBacklog {
  /** What writes out a source's slices now, by source. */
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly log: NotificationLog,
    private readonly deliverer: Deliverer,
    private readonly outages: OutageLog,
    periodicTasks: PeriodicTasks,
  ) {
    periodicTasks.register({
      failed: FAILED,
      everyMillis: EVERY_MILLIS,
      firstAfterMillis: 0,
      work: (run) => this.writeLeftovers(run),
    });
  }

  /**
   * Adds notifications of a source to its backlog if there are many of them, or if earlier ones wait. The caller has locked the source.
   *
   * @param sliced the notifications as texts of `packed`, if these were made in advance
   * @returns whether it has: else the caller writes them
   */
  async postpone(
    manager: EntityManager,
    sourceId: string,
    notifications: readonly Notification[],
    sliced?: readonly string[],
  ): Promise<boolean> {
    const [row] = await query<{ last: number | null }>(manager, LAST, [sourceId]);
    const last = row?.last ?? null;
    if (last === null && notifications.length <= SLICE_LENGTH) return false;
    const createdAt = Date.now();
    const texts = sliced ?? [...slicesOf(notifications)];
    const slices = texts.map((text, index): BacklogSlice => {
      return { id: newId(), sourceId, sequence: (last ?? 0) + 1 + index, notifications: text, createdAt };
    });
    await bulkInsert(manager, BacklogSlice, slices);
    return true;
  }

  /** Writes everything that waits for a source within the caller's transaction, which has locked it. */
  async writeWithin(manager: EntityManager, sourceId: string): Promise<void> {
    while (await this.writeSlice(manager, sourceId));
  }

  /**
   * Locks the sources of these rules that have a backlog, and writes it within the caller's transaction. Call it before the rules are
   * deleted.
   */
  async writeBeforeDeletion(manager: EntityManager, rules: RuleFilter): Promise<void> {
    const [condition, value] = conditionOf(rules);
    const found = await query<{ sourceId: string }>(manager, sourcesOf(condition), [value]);
    for (const { sourceId } of found) {
      // On PostgreSQL, a step may be writing the same slice.
      await lockSource(manager, sourceId);
      await this.writeWithin(manager, sourceId);
    }
  }

  /**
   * Writes what is committed to the backlog of a source, one transaction for each slice. Never rejects: failures are logged, and a
   * later run tries again.
   */
  writeOut(sourceId: string): Promise<void> {
    const before = this.running.get(sourceId) ?? Promise.resolve();
    const work = before
      .then(() => watched({ stallMillis: STALL_MILLIS }, (run) => this.writeSource(run, sourceId)))
      .catch((cause: unknown) => this.outages.background(FAILED, cause))
      .finally(() => {
        if (this.running.get(sourceId) === work) this.running.delete(sourceId);
      });
    this.running.set(sourceId, work);
    return work;
  }

  private async writeLeftovers(run: Run): Promise<void> {
    for (let last = ''; ;) {
      const [next] = await query<{ sourceId: string }>(this.dataSource.manager, SOURCES, [last]);
      if (!next || !run.next()) return;
      last = next.sourceId;
      await this.writeSource(run, last);
    }
  }

  private async writeSource(run: Run, sourceId: string): Promise<void> {
    const step = async (manager: EntityManager) => {
      await lockSource(manager, sourceId);
      return this.writeSlice(manager, sourceId);
    };
    while (run.next() && (await this.hasAny(sourceId)) && (await this.writer.write(step))) this.deliverer.wake();
  }

  private async hasAny(sourceId: string): Promise<boolean> {
    const [row] = await query<{ last: SqlValue }>(this.dataSource.manager, LAST, [sourceId]);
    return row?.last != null;
  }

  private async writeSlice(manager: EntityManager, sourceId: string): Promise<boolean> {
    const [slice] = await selectRows(manager, BacklogSlice, FIRST, [sourceId]);
    if (!slice) return false;
    await this.log.write(manager, await ofRulesThatExist(manager, notificationsIn(slice.notifications)));
    await query(manager, REMOVE, [slice.id]);
    return true;
  }
}

/** Those of rules that were not deleted: on PostgreSQL, a bucket may be deleted at the same time. */
async function ofRulesThatExist(
  manager: EntityManager,
  notifications: readonly Notification[],
): Promise<readonly Notification[]> {
  const ids = [...new Set(notifications.map(({ message }) => message.webhookId))];
  const sql = `SELECT id FROM alert_rules WHERE id IN (${ids.map(() => '?').join(', ')})`;
  const found = new Set((await query<{ id: string }>(manager, sql, ids)).map(({ id }) => id));
  return notifications.filter(({ message }) => found.has(message.webhookId));
}
