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
/** Rows may expire during a verification, which then starts again, at most this many times. */
const MAX_WALKS = 5;
const NOTHING_TO_DO =
  'The secret is the one that the audit log was started with, and the log is not behind its anchor: there is nothing to restart';

/**
 * The result of a verification: the number of rows and the last link, which detect a restored log if you keep them elsewhere; how many
 * of the first rows were written with a lost secret; and the findings as sentences.
 */
export type Verification = Walked;

/** Detects audit rows that were changed, removed or inserted without the server's secret. */
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
   * Checks every row. The server can run meanwhile.
   *
   * @param onProgress is called with the number of rows that are checked and the total
   */
  async verify(onProgress: (done: number, of: number) => void = () => {}): Promise<Verification> {
    for (let walks = 1; ; walks++) {
      const { walk, head, isCutMoved } = await this.walkToEnd(this.dataSource.manager, onProgress);
      if (!isCutMoved || walks === MAX_WALKS) return walk.end(head);
    }
  }

  /** Whether the chain has this link at this position, as every earlier head must. Removed rows cannot be checked. */
  async passes({ count, link }: Pick<Verification, 'count' | 'link'>): Promise<boolean> {
    if (count === 0) return true;
    const head = await this.log.findHead(this.dataSource.manager);
    const cut = head ? cutOf(head) : NO_CUT;
    if (count < cut.count) return true;
    if (count === cut.count) return link === cut.link;
    return (await this.dataSource.manager.findOneBy(AuditRow, { seq: count }))?.link === link;
  }

  /**
   * Continues the log with a new secret after the previous one was lost, or from an earlier state after a backup was restored.
   *
   * @param elsewhere lines with anchors that were collected from standard output
   * @throws ConfigError if neither applies
   */
  async restart(by: Actor, elsewhere?: string): Promise<void> {
    const behind = [
      ...(await this.anchors.findings()),
      ...(elsewhere === undefined ? [] : await this.anchors.findings(elsewhere)),
    ];
    await this.writer.write(async (manager) => {
      const head = await this.log.lockHead(manager);
      const isLost = !this.links.of(head.secretCheck);
      if (!isLost && behind.length === 0) throw new ConfigError(NOTHING_TO_DO);
      const { count: rows, link } = head;
      const target = { type: 'audit log' } as const;
      const action = isLost ? 'audit.restarted' : 'audit.restored';
      const from = await this.log.afterLastRow(manager, head);
      await this.log.add(manager, from, [{ by, action, organizationId: null, target, details: { rows, link } }]);
    });
    await this.anchors.declare();
  }

  /**
   * Continues the log with the current secret instead of the previous one. Earlier rows stay verifiable without the previous secret,
   * by a digest over them in the first row with the current secret.
   *
   * @returns false if the log has the current secret already
   * @throws ConfigError if it has neither secret
   */
  async changeSecret(by: Actor, onProgress: (done: number, of: number) => void = () => {}): Promise<boolean> {
    const head = await this.log.findHead(this.dataSource.manager);
    if (!head || head.secretCheck === this.links.present.secretCheck) return false;
    this.log.requireSecret(head);
    const { walk } = await this.walkToEnd(this.dataSource.manager, onProgress);
    await this.writer.write(async (manager) => {
      const held = await this.log.lockHead(manager);
      if (held.secretCheck === this.links.present.secretCheck) return;
      // If no rows were removed meanwhile, the walk continues with rows that were added.
      const whole =
        cutOf(held).count === cutOf(head).count
          ? await this.continueWalk(walk, manager)
          : await this.walkHeld(manager, held);
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
      await this.continueWalk(walk, manager, (rows) =>
        onProgress(rows, Math.max(rows, (head?.count ?? 0) - cut.count)),
      );
      // The head is read after the rows, so it is never behind them.
      const seen = head?.count;
      head = await this.log.findHead(manager);
      if (head?.count === seen) break;
    }
    return { walk, head, isCutMoved: (head?.cutCount ?? 0) !== cut.count };
  }

  private walkHeld(manager: EntityManager, head: Head): Promise<ChainWalk> {
    return this.continueWalk(new ChainWalk(this.links, cutOf(head)), manager);
  }

  /** Continues the walk with all later rows. */
  private async continueWalk(walk: ChainWalk, manager: EntityManager, onPage: (rows: number) => void = () => {}) {
    for (;;) {
      const where = { seq: MoreThan(walk.last) };
      const rows = await manager.find(AuditRow, { where, order: { seq: 'ASC' }, take: ROWS_PER_PAGE });
      for (const row of rows) walk.pass(row);
      onPage(walk.rows);
      if (rows.length < ROWS_PER_PAGE) return walk;
    }
  }
}
