import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { query } from '../database/sql';
import { Upkeep } from '../database/upkeep';
import { Writer } from '../database/writer';
import { Webhooks } from '../webhooks/webhooks.service';
import { AlertRule } from './alert-rule.entity';
import { EndedRule } from './ended-rule.entity';

const EVERY_MILLIS = 300_000;
const ROWS_PER_STEP = 500;

const NEXT = `SELECT id FROM ended_alert_rules ORDER BY id LIMIT 1`;
const EVENTS = `SELECT id FROM alert_events WHERE rule_id = ? LIMIT ${ROWS_PER_STEP}`;

/** Ends rules at once, and removes what they leave behind in the background, in steps that hold nobody up. */
@Injectable()
export class RuleRemoval implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly upkeep = new Upkeep(new Logger('Alerts'));

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly webhooks: Webhooks,
  ) {}

  onApplicationBootstrap(): void {
    this.upkeep.every(EVERY_MILLIS, () => this.sweep());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.upkeep.stop();
  }

  /** Ends rules in the transaction of the caller: from its commit on they judge and tell nothing. Says how many they were. */
  async end(
    manager: EntityManager,
    which: { readonly id: string } | { readonly bucketId: string } | { readonly sourceId: string },
  ): Promise<number> {
    const ids = (await manager.find(AlertRule, { select: { id: true }, where: which })).map(({ id }) => id);
    const endedAt = Date.now();
    for (let start = 0; start < ids.length; start += ROWS_PER_STEP) {
      const some = ids.slice(start, start + ROWS_PER_STEP);
      await this.webhooks.remove(manager, some);
      await manager.delete(AlertRule, { id: In(some) });
      await manager.insert(
        EndedRule,
        some.map((id) => ({ id, endedAt })),
      );
    }
    return ids.length;
  }

  /** Removes what ended rules have left behind. What fails is done the next time. */
  sweep(): Promise<void> {
    return this.upkeep.inTurn('What alert rules left behind', async () => {
      while (this.upkeep.goesOn && (await this.hasNext()))
        await this.writer.write((manager) => removeSome(manager, this.webhooks), { serializeOn: 'ended alert rules' });
    });
  }

  private async hasNext(): Promise<boolean> {
    return (await query(this.dataSource.manager, NEXT, [])).length > 0;
  }
}

async function removeSome(manager: EntityManager, webhooks: Webhooks): Promise<void> {
  const [rule] = await query<{ id: string }>(manager, NEXT, []);
  if (!rule) return;
  const ids = (await query<{ id: string }>(manager, EVENTS, [rule.id])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM alert_events WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
  const deliveries = await webhooks.removeDeliveries(manager, rule.id, ROWS_PER_STEP);
  if (Math.max(ids.length, deliveries) < ROWS_PER_STEP) await manager.delete(EndedRule, { id: rule.id });
}
