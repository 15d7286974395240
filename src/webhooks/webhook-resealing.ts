import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, Like, MoreThan, Or, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { isPostgres, query } from '../database/sql';
import { PeriodicTasks } from '../database/periodic-task';
import { Writer } from '../database/writer';
import { WebhookSeals } from './webhook-seals';
import { Webhook } from './webhook.entity';

const EVERY_MILLIS = 3_600_000;
const ROWS_PER_STEP = 100;
/** Rows written by versions without sealing, which may still run during an upgrade. */
const LEFT_UNSEALED: readonly FindOptionsWhere<Webhook>[] = [
  { url: Or(Like('http:%'), Like('https:%')) },
  { queue: IsNull() },
];

interface ResealingRun {
  /** Called with the number of webhooks processed so far. */
  readonly onProgress?: (webhooks: number) => void;
  /** Called before each step; true stops the run. */
  readonly isStopped?: () => boolean;
}

interface Sum {
  changed: number;
  unreadable: number;
}

/** The result of a run. */
export interface Resealed {
  readonly webhooks: number;
  readonly changed: number;
  /** Webhooks with a value that opens under neither secret, which is left unchanged. */
  readonly unreadable: number;
  /** False if the run was stopped. */
  readonly done: boolean;
}

/** Seals stored webhooks under the current secret: periodically those that are not sealed yet, on demand all. */
@Injectable()
export class WebhookResealing {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly seals: WebhookSeals,
    periodicTasks: PeriodicTasks,
  ) {
    periodicTasks.register({
      failed: 'Webhook URLs could not be sealed yet',
      everyMillis: EVERY_MILLIS,
      firstAfterMillis: 0,
      work: async (run) => void (await this.run(LEFT_UNSEALED, { isStopped: () => !run.next() })),
    });
  }

  /**
   * Seals webhooks in steps, each in a separate transaction. After an interruption, run it again: it leaves finished rows unchanged.
   *
   * @param where which webhooks; all by default
   */
  async run(
    where: readonly FindOptionsWhere<Webhook>[] = [{}],
    { onProgress, isStopped }: ResealingRun = {},
  ): Promise<Resealed> {
    const sum = { webhooks: 0, changed: 0, unreadable: 0 };
    for (let last = ''; ;) {
      if (isStopped?.()) return { ...sum, done: false };
      const found = await this.dataSource.manager.find(Webhook, {
        select: { id: true },
        where: where.map((each) => ({ ...each, id: MoreThan(last) })),
        order: { id: 'ASC' },
        take: ROWS_PER_STEP,
      });
      if (found.length === 0) return { ...sum, done: true };
      last = found.at(-1)?.id ?? last;
      const { changed, unreadable } = await this.step(found.map(({ id }) => id));
      sum.webhooks += found.length;
      sum.changed += changed;
      sum.unreadable += unreadable;
      onProgress?.(sum.webhooks);
    }
  }

  private async step(ids: readonly string[]): Promise<Sum> {
    const first = await this.writer.write((manager) => this.reseal(manager, ids, ' FOR UPDATE SKIP LOCKED'));
    const sum: Sum = { changed: first.changed, unreadable: first.unreadable };
    // Locked rows are retried one per transaction, to avoid deadlocks.
    for (const id of ids.filter((one) => !first.seen.has(one))) {
      const { changed, unreadable } = await this.writer.write((manager) => this.reseal(manager, [id], ' FOR UPDATE'));
      sum.changed += changed;
      sum.unreadable += unreadable;
    }
    return sum;
  }

  /** Locks the rows first, so that concurrent changes are kept. */
  private async reseal(
    manager: EntityManager,
    ids: readonly string[],
    lock: string,
  ): Promise<Sum & { seen: ReadonlySet<string> }> {
    const holes = ids.map(() => '?').join(', ');
    const find = `SELECT id FROM webhooks WHERE id IN (${holes})${isPostgres(manager) ? lock : ''}`;
    const held = (await query<{ id: string }>(manager, find, ids)).map(({ id }) => id);
    const sum = { changed: 0, unreadable: 0 };
    for (const webhook of await manager.findBy(Webhook, { id: In(held) })) {
      const { change, unreadable } = this.seals.reseal(webhook);
      if (unreadable) sum.unreadable += 1;
      if (Object.keys(change).length === 0) continue;
      await manager.update(Webhook, { id: webhook.id }, change);
      sum.changed += 1;
    }
    return { ...sum, seen: new Set(held) };
  }
}
