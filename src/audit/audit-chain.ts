import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan, type EntityManager } from 'typeorm';
import { ConfigError } from '../common/config/settings';
import type { Actor } from '../common/audit-event';
import { Writer } from '../database/writer';
import { AuditAnchors } from './audit-anchors';
import { AuditLog, cutOf, type Head } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { ChainWalk, type Walked } from './chain-walk';
import { Links, NO_CUT } from './links';

const ROWS_PER_PAGE = 1000;
/** Old rows may be removed while the log is looked through; then it is looked through again, so many times. */
const MOST_WALKS = 5;
const NOTHING_TO_DO =
  'The secret is the one that the audit log was begun with, and the log is not behind its anchor: there is nothing to begin anew';

/**
 * What a look through the whole log gave: how many rows there are and the link of the last, which tell of a log that was put back
 * where they are noted elsewhere; how many of the first rows were written under a lost secret; and what is wrong, in sentences.
 */
export type Verification = Walked;

/** Looks through the audit log for what was changed, removed or put in without the server's secret. */
@Injectable()
export class AuditChain {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly log: AuditLog,
    private readonly links: Links,
    private readonly anchors: AuditAnchors,
  ) {}

  /**
   * Checks every row. The server may run meanwhile.
   *
   * @param onProgress is called with how many rows are done, of how many
   */
  async verify(onProgress: (done: number, of: number) => void = () => {}): Promise<Verification> {
    for (let walks = 1; ; walks++) {
      const { walk, head, isCutMoved } = await this.walkToEnd(this.dataSource.manager, onProgress);
      if (!isCutMoved || walks === MOST_WALKS) return walk.end(head);
    }
  }

  /** Whether the chain has this link at this place: what was noted as its head once must be in it. Cut rows cannot be asked. */
  async passes({ count, link }: Pick<Verification, 'count' | 'link'>): Promise<boolean> {
    if (count === 0) return true;
    const head = await this.log.findHead(this.dataSource.manager);
    const cut = head ? cutOf(head) : NO_CUT;
    if (count < cut.count) return true;
    if (count === cut.count) return link === cut.link;
    return (await this.dataSource.manager.findOneBy(AuditRow, { seq: count }))?.link === link;
  }

  /**
   * Lets the log go on under a secret that it was not begun with, since that one is lost; or from an earlier state, since a backup
   * was restored.
   *
   * @param elsewhere lines with anchors that were collected from standard output
   * @throws ConfigError where neither is so
   */
  async restart(by: Actor, elsewhere?: string): Promise<void> {
    const behind = [
      ...(await this.anchors.findings()),
      ...(elsewhere === undefined ? [] : await this.anchors.findings(elsewhere)),
    ];
    await this.writer.write(async (manager) => {
      const head = await this.log.holdHead(manager);
      const isLost = !this.links.of(head.secretCheck);
      if (!isLost && behind.length === 0) throw new ConfigError(NOTHING_TO_DO);
      const { count: rows, link } = head;
      const target = { type: 'audit log' } as const;
      const action = isLost ? 'audit.restarted' : 'audit.restored';
      const from = await this.log.behindLastRow(manager, head);
      await this.log.add(manager, from, [{ by, action, organizationId: null, target, details: { rows, link } }]);
    });
    await this.anchors.declare();
  }

  /**
   * Lets the log go on under the present secret instead of the previous one. What was written before stays verifiable without the
   * previous secret, by a digest over it that the first row under the present one holds.
   *
   * @returns false where the log is under the present secret already
   * @throws ConfigError where it is under neither
   */
  async changeSecret(by: Actor, onProgress: (done: number, of: number) => void = () => {}): Promise<boolean> {
    const head = await this.log.findHead(this.dataSource.manager);
    if (!head || head.secretCheck === this.links.present.secretCheck) return false;
    this.log.requireSecret(head);
    const { walk } = await this.walkToEnd(this.dataSource.manager, onProgress);
    await this.writer.write(async (manager) => {
      const held = await this.log.holdHead(manager);
      if (held.secretCheck === this.links.present.secretCheck) return;
      // Old rows were removed meanwhile, or rows added: then what was walked goes on from there.
      const whole =
        cutOf(held).count === cutOf(head).count ? await this.goOn(walk, manager) : await this.walkHeld(manager, held);
      const { count: rows, digest } = whole.state;
      const intact = whole.end(held).findings.length === 0;
      const target = { type: 'audit log' } as const;
      const details = { rows, digest, intact };
      const event = { by, action: 'audit.secretChanged', organizationId: null, target, details } as const;
      await this.log.add(manager, held, [event], this.links.present);
    });
    return true;
  }

  private async walkToEnd(manager: EntityManager, onProgress: (done: number, of: number) => void) {
    let head = await this.log.findHead(manager);
    const cut = head ? cutOf(head) : NO_CUT;
    const walk = new ChainWalk(this.links, cut);
    for (;;) {
      await this.goOn(walk, manager, (rows) => onProgress(rows, Math.max(rows, (head?.count ?? 0) - cut.count)));
      // Read after the rows, and moved with each of them: it is never behind the rows that were seen.
      const seen = head?.count;
      head = await this.log.findHead(manager);
      if (head?.count === seen) break;
    }
    return { walk, head, isCutMoved: (head?.cutCount ?? 0) !== cut.count };
  }

  private walkHeld(manager: EntityManager, head: Head): Promise<ChainWalk> {
    return this.goOn(new ChainWalk(this.links, cutOf(head)), manager);
  }

  /** Passes all rows behind the last that was passed. */
  private async goOn(walk: ChainWalk, manager: EntityManager, onPage: (rows: number) => void = () => {}) {
    for (;;) {
      const where = { seq: MoreThan(walk.last) };
      const rows = await manager.find(AuditRow, { where, order: { seq: 'ASC' }, take: ROWS_PER_PAGE });
      for (const row of rows) walk.pass(row);
      onPage(walk.rows);
      if (rows.length < ROWS_PER_PAGE) return walk;
    }
  }
}
