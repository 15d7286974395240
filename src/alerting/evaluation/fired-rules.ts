import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { armed, dueOf, firingOf } from '../conditions/rule-state';
import { PointStore } from '../../points/point-store';
import { AlertRule } from './alert-rule.entity';
import { findJudgedSource } from './evaluated-sources';
import type { EndReason } from './occasion';
import { RuleBook } from './transition-recorder';
import { RuleTeller, type JudgedSource } from './rule-teller';

/** Sends the end of alerts whose rules stop judging, so that no receiver keeps an alarm that nothing will resolve. */
@Injectable()
export class FiredRules {
  constructor(
    private readonly store: PointStore,
    private readonly book: RuleBook,
    private readonly teller: RuleTeller,
  ) {}

  /** Ends the alerts of some rules in the transaction of the caller. The rules start over, `ok`. */
  async endAll(
    manager: EntityManager,
    where: { readonly id: string } | { readonly sourceId: string } | { readonly bucketId: string },
    reason: EndReason,
  ): Promise<void> {
    const findFired = async () => (await manager.findBy(AlertRule, where)).filter(isFired);
    // Sources before their rules, and in order, as everywhere: two transactions must not wait for each other.
    const sourceIds = new Set((await findFired()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.book.bump(manager, sourceId);
    const now = Date.now();
    for (const row of await findFired()) {
      const source = await findJudgedSource(manager, row.sourceId, now);
      if (!source) continue;
      await this.tellEnd(manager, source, row, { reason, now });
      if (reason === 'deleted') continue;
      const rule = this.book.open(row);
      const memory = armed(rule, now, await this.store.latestTime(manager, source));
      await manager.update(AlertRule, { id: row.id }, { memory, dueAt: dueOf(rule, memory) });
    }
  }

  /** Sends that the alert of a rule is over, if it fired. The caller holds its source, and resets the rule. */
  async end(manager: EntityManager, row: AlertRule, reason: EndReason, now = Date.now()): Promise<void> {
    const source = isFired(row) ? await findJudgedSource(manager, row.sourceId, now) : undefined;
    if (source) await this.tellEnd(manager, source, row, { reason, now });
  }

  private async tellEnd(
    manager: EntityManager,
    source: JudgedSource,
    row: AlertRule,
    { reason, now }: { readonly reason: EndReason; readonly now: number },
  ): Promise<void> {
    const rule = this.book.open(row);
    const notification = { event: 'resolved', at: now, firing: firingOf(rule, row.memory) } as const;
    const silentSince = row.memory.since[0] ?? undefined;
    await this.teller.tell(manager, source, rule, { notification, points: [], silentSince, reason });
  }
}

function isFired({ status, memory }: AlertRule): boolean {
  return status === 'active' && memory.state === 'triggered';
}
