import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { bulkInsert } from '../../database/bulk-insert';
import { query } from '../../database/sql';
import { PeriodicTasks, type PeriodicTask } from '../../database/periodic-task';
import type { Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { Webhooks } from '../../webhooks/webhooks.service';
import { AlertRule } from './alert-rule.entity';
import { DeletedRule } from './deleted-rule.entity';
import { FiringRules } from './firing-rules';
import { findRules, type RuleFilter } from './loaded-rules';
import { NotificationBacklog } from './notification-backlog';

const EVERY_MILLIS = 300_000;
const ROWS_PER_STEP = 500;

const NEXT = `SELECT id FROM ended_alert_rules WHERE id > ? ORDER BY id LIMIT 1`;
const EVENTS = `SELECT id FROM alert_events WHERE rule_id = ? LIMIT ${ROWS_PER_STEP}`;

/** Deletes rules at once, and their history and deliveries in the background, in small steps that do not block requests. */
@Injectable()
export class RuleRemoval {
  private readonly job: PeriodicTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly webhooks: Webhooks,
    private readonly firingRules: FiringRules,
    private readonly backlog: NotificationBacklog,
    periodicTasks: PeriodicTasks,
  ) {
    this.job = periodicTasks.register({
      failed: 'The history and deliveries of deleted alert rules could not be removed yet',
      everyMillis: EVERY_MILLIS,
      work: (run) => this.removeLeftovers(run),
    });
  }

  /**
   * Deletes rules in the caller's transaction. Firing alerts are resolved; other queued messages are dropped.
   *
   * @returns how many rules there were
   */
  async remove(manager: EntityManager, filter: RuleFilter): Promise<number> {
    await this.backlog.writeBeforeDeletion(manager, filter);
    await this.firingRules.resolveAll(manager, filter, 'deleted');
    const ids = (await findRules(manager, filter)).map(({ id }) => id);
    const endedAt = Date.now();
    for (let start = 0; start < ids.length; start += ROWS_PER_STEP) {
      const some = ids.slice(start, start + ROWS_PER_STEP);
      await this.webhooks.remove(manager, some);
      await manager.delete(AlertRule, { id: In(some) });
      const deleted = some.map((id): DeletedRule => ({ id, endedAt }));
      await bulkInsert(manager, DeletedRule, deleted);
    }
    return ids.length;
  }

  /** Removes what deleted rules left behind, except rules whose last message is still queued. Failures are retried later. */
  sweep(): Promise<void> {
    return this.job.run();
  }

  private async removeLeftovers(run: Run): Promise<void> {
    let passed = '';
    for (let id = await this.after(passed); id !== undefined && run.next(); id = await this.after(passed)) {
      const ruleId = id;
      const step = (manager: EntityManager) => removeSome(manager, this.webhooks, ruleId);
      if ((await this.writer.write(step, { serializeOn: 'deleted alert rules' })) !== 'more') passed = ruleId;
    }
  }

  private async after(id: string): Promise<string | undefined> {
    const [next] = await query<{ id: string }>(this.dataSource.manager, NEXT, [id]);
    return next?.id;
  }
}

/** Removes one step of what a rule left behind. `not yet`: its last message is still queued. */
async function removeSome(
  manager: EntityManager,
  webhooks: Webhooks,
  ruleId: string,
): Promise<'more' | 'done' | 'not yet'> {
  const { removed, isGone } = await webhooks.removeDeliveries(manager, ruleId, ROWS_PER_STEP);
  if (!isGone) return removed === ROWS_PER_STEP ? 'more' : 'not yet';
  const ids = (await query<{ id: string }>(manager, EVENTS, [ruleId])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM alert_events WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
  if (Math.max(ids.length, removed) === ROWS_PER_STEP) return 'more';
  await manager.delete(DeletedRule, { id: ruleId });
  return 'done';
}
