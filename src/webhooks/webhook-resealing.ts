import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, In, Like, MoreThan, Or, type FindOperator } from 'typeorm';
import { answersRequests } from '../common/http/answers-requests';
import { Writer } from '../database/writer';
import { WebhookSeals } from './webhook-seals';
import { Webhook } from './webhook.entity';

const ROWS_PER_STEP = 100;

/** What came of sealing every webhook under the present secret. */
export interface Resealed {
  readonly webhooks: number;
  readonly changed: number;
  /** How many hold something that opens under neither secret. They are left as they are. */
  readonly unreadable: number;
  /** False where it was stopped before its end. */
  readonly done: boolean;
}

/** Seals what is in the database under the present secret: after an upgrade the URLs that are not sealed, on demand everything. */
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
    this.work = this.run({ url: Or(Like('http:%'), Like('https:%')) }).catch((cause: Error) =>
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
    where: { url?: FindOperator<string> } = {},
    onProgress: (webhooks: number) => void = () => {},
    isStopped: () => boolean = () => false,
  ): Promise<Resealed> {
    const sum = { webhooks: 0, changed: 0, unreadable: 0 };
    for (let last = ''; ;) {
      if (this.isStopping || isStopped()) return { ...sum, done: false };
      const found = await this.dataSource.manager.find(Webhook, {
        select: { id: true },
        where: { ...where, id: MoreThan(last) },
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

  /** A webhook that is changed meanwhile keeps the change: what was read is compared again where it is replaced. */
  private step(ids: readonly string[]): Promise<{ changed: number; unreadable: number }> {
    return this.writer.write(async (manager) => {
      const sum = { changed: 0, unreadable: 0 };
      const webhooks = await manager.find(Webhook, { where: { id: In([...ids]) }, order: { id: 'ASC' } });
      for (const { id, url, secret, previousSecret } of webhooks) {
        const { change, unreadable } = this.seals.reseal({ id, url, secret, previousSecret });
        if (unreadable) sum.unreadable += 1;
        if (Object.keys(change).length === 0) continue;
        const { affected } = await manager.update(Webhook, { id, url, secret }, change);
        sum.changed += affected ?? 0;
      }
      return sum;
    });
  }
}
