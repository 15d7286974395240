import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { LruMap } from '../common/lru-map';
import { query } from '../database/sql';
import { AuditLog, cutOf } from './audit-log';

/** The number of organizations whose total is cached. */
export const MAX_TOTALS = 1000;
/** Positions that are counted within about a millisecond. */
const COUNTED_AT_ONCE = 10_000;

const COUNT = 'SELECT count(*) AS rows FROM audit_log WHERE organization_id = ? AND seq > ? AND seq <= ?';
const LINK = 'SELECT link FROM audit_log WHERE seq = ?';

interface Total {
  readonly rows: number;
  /** The range of the whole log in which they were counted: `(from, to]`. */
  readonly from: number;
  readonly to: number;
  /** The link of row `to`. A different link means that the database was restored from a backup. */
  readonly link: string;
}

/**
 * The number of audit events of each organization. The log only grows, and rows become visible in the order of `seq`, so each call
 * counts only newer rows. Removing old rows restarts the count.
 */
@Injectable()
export class AuditTotals {
  private readonly totals = new LruMap<string, Total>(MAX_TOTALS);

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: AuditLog,
  ) {}

  /** @returns the exact number of rows of an organization at the moment of the call */
  async of(organizationId: string, yieldTurn: YieldTurn): Promise<number> {
    const head = await this.log.findHead(this.dataSource.manager);
    if (!head) return 0;
    const from = cutOf(head).count;
    const { count: to, link } = head;
    const known = this.totals.get(organizationId);
    const start = known && (await this.isCurrent(known, from)) ? known : { rows: 0, to: from };
    const rows = start.rows + (await this.count(organizationId, [start.to, to], yieldTurn));
    this.totals.set(organizationId, { rows, from, to, link });
    return rows;
  }

  private async isCurrent(known: Total, from: number): Promise<boolean> {
    if (known.from !== from) return false;
    const [row] = await query<{ link: string }>(this.dataSource.manager, LINK, [known.to]);
    return row?.link === known.link;
  }

  private async count(
    organizationId: string,
    [from, to]: readonly [number, number],
    yieldTurn: YieldTurn,
  ): Promise<number> {
    const { manager } = this.dataSource;
    let total = 0;
    for (let last = from; last < to; last += COUNTED_AT_ONCE) {
      if (last > from) await yieldTurn();
      const values = [organizationId, last, Math.min(to, last + COUNTED_AT_ONCE)];
      const [slice] = await query<{ rows: number }>(manager, COUNT, values);
      total += slice?.rows ?? 0;
    }
    return total;
  }
}
