import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, In, IsNull, Like, MoreThan, Or, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { answersRequests } from '../common/http/answers-requests';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { WebhookSeals } from './webhook-seals';
import { Webhook } from './webhook.entity';

const ROWS_PER_STEP = 100;

interface Sum {
  changed: number;
  unreadable: number;
}

/** What came of sealing every webhook under the present secret. */
export interface Resealed {
  readonly webhooks: number;
  readonly changed: number;
  /** How many hold something that opens under neither secret. They are left as they are. */
  readonly unreadable: number;
  /** False where it was stopped before its end. */
  readonly done: boolean;
}

/** Seals what is in the database under the present secret: after an upgrade what earlier versions left, on demand everything. */
@Injectable()
export class WebhookResealing implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private isStopping = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly seals: WebhookSeals,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    this.work = this.run([{ url: Or(Like('http:%'), Like('https:%')) }, { queue: IsNull() }]).catch((cause: Error) =>
      this.logger.warn(`Webhook URLs will be sealed at the next start: ${cause.message}`),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.work;
  }

  /**
   * Seals webhooks step by step, each step in a transaction of its own. Run again after an interruption, it passes over what is done.
   *
   * @param where which of them; all where it is not given
   */
  async run(
    where: readonly FindOptionsWhere<Webhook>[] = [{}],
    onProgress: (webhooks: number) => void = () => {},
    isStopped: () => boolean = () => false,
  ): Promise<Resealed> {
    const sum = { webhooks: 0, changed: 0, unreadable: 0 };
    for (let last = ''; ;) {
      if (this.isStopping || isStopped()) return { ...sum, done: false };
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
      onProgress(sum.webhooks);
    }
  }

  private async step(ids: readonly string[]): Promise<Sum> {
    const first = await this.writer.write((manager) => this.reseal(manager, ids, ' FOR UPDATE SKIP LOCKED'));
    const sum: Sum = { changed: first.changed, unreadable: first.unreadable };
    // One at a time for those that others hold: two transactions must not wait for each other's rows.
    for (const id of ids.filter((one) => !first.seen.has(one))) {
      const { changed, unreadable } = await this.writer.write((manager) => this.reseal(manager, [id], ' FOR UPDATE'));
      sum.changed += changed;
      sum.unreadable += unreadable;
    }
    return sum;
  }

  /** Seals webhooks whose rows it holds, so that one that is changed meanwhile keeps the change. */
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
