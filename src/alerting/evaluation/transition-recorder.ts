import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { dueOf, type Memory } from '../conditions/rule-state';
import { query } from '../../database/sql';
import { AlertRule } from './alert-rule.entity';
import { RuleTeller, type JudgedSource, type OpenRule, type NotificationWithPoints } from './rule-teller';

/** What became of a rule. */
export interface RuleNews {
  readonly memory: Memory;
  readonly notifications: readonly NotificationWithPoints[];
  /** When the time alone changes its state next, where the memory does not tell. */
  readonly dueAt?: number | null;
}

const NOTE = `UPDATE alert_rules SET memory = ?, due_at = ?, last_triggered_at = ? WHERE id = ?`;
const BUMP = 'UPDATE data_sources SET watch_version = ? WHERE id = ?';
const MOST_VERSIONS = 2 ** 31 - 1;
const MINUTE_MILLIS = 60_000;

/** Writes down what became of rules, and what is to be told of it. All in the transactions of its callers. */
@Injectable()
export class RuleBook {
  constructor(private readonly teller: RuleTeller) {}

  /** A rule as it is judged. */
  open(row: AlertRule): OpenRule {
    const { parsedCondition: condition, cooldownMinutes, repeatMinutes } = row;
    const repeatMillis = (repeatMinutes ?? cooldownMinutes) * MINUTE_MILLIS;
    return { row, condition, cooldownMillis: cooldownMinutes * MINUTE_MILLIS, repeatMillis };
  }

  /** Says whether there was anything to write down. */
  async note(
    manager: EntityManager,
    source: JudgedSource,
    rule: OpenRule,
    { memory, notifications, dueAt = dueOf(rule, memory) }: RuleNews,
  ): Promise<boolean> {
    if (notifications.length === 0 && dueAt === rule.row.dueAt && isDeepStrictEqual(memory, rule.row.memory))
      return false;
    let { lastTriggeredAt } = rule.row;
    for (const one of notifications) {
      if (one.notification.event === 'triggered') lastTriggeredAt = one.notification.at;
      await this.teller.tell(manager, source, rule, one);
    }
    const values = [JSON.stringify(memory), dueAt, lastTriggeredAt, rule.row.id];
    await query(manager, NOTE, values);
    return true;
  }

  /**
   * Has whoever keeps a source's rules ready read them anew. Versions are drawn by lot: one that was counted up in a transaction
   * that came to nothing would come again, for other rules.
   */
  async bump(manager: EntityManager, sourceId: string): Promise<void> {
    await query(manager, BUMP, [randomInt(1, MOST_VERSIONS), sourceId]);
  }

  /** Has the silence of a source, or of all of a bucket, be counted from now on: while it took no points it was none. */
  async beginSilence(
    manager: EntityManager,
    where: { readonly sourceId: string } | { readonly bucketId: string },
    nowMillis = Date.now(),
  ): Promise<void> {
    const findSilent = async () =>
      (await manager.findBy(AlertRule, { ...where, status: 'active' })).filter(
        ({ parsedCondition }) => parsedCondition.operator === 'no_data',
      );
    // Sources before their rules, and in order, as everywhere: two transactions must not wait for each other.
    const sourceIds = new Set((await findSilent()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.bump(manager, sourceId);
    for (const row of await findSilent()) {
      const memory = { ...row.memory, since: [nowMillis] };
      const dueAt = dueOf(this.open(row), memory);
      await manager.update(AlertRule, { id: row.id }, { memory, dueAt });
    }
  }
}
