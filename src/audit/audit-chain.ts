import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { ConfigError } from '../common/config/settings';
import type { Actor } from '../common/journal';
import { Writer } from '../database/writer';
import { AuditLog, type Head } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { FIRST_LINK, Links } from './links';

const ROWS_PER_PAGE = 1000;
const MOST_FINDINGS = 20;

/** What a look through the whole log gave. */
export interface Verification {
  /** How many rows there are, and the link of the last: noted elsewhere, they tell of a log that was put back. */
  readonly count: number;
  readonly link: string;
  /** How many of the first rows were written under a secret that is lost, and so cannot be checked. */
  readonly earlier: number;
  /** What is wrong, in sentences; the first of it where it is much. */
  readonly findings: readonly string[];
  /** How many more there are. */
  readonly more: number;
}

/** Looks through the audit log for what was changed, removed or put in by somebody without the server's secret. */
@Injectable()
export class AuditChain {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly log: AuditLog,
    private readonly links: Links,
  ) {}

  /**
   * Checks every row. The server may run meanwhile.
   *
   * @param onProgress is told how many rows are done, of how many
   */
  async verify(onProgress: (done: number, of: number) => void = () => {}): Promise<Verification> {
    const walk = new Walk(this.links);
    const { manager } = this.dataSource;
    let head = await this.log.findHead(manager);
    for (;;) {
      const rows = await manager.find(AuditRow, {
        where: { seq: MoreThan(walk.last) },
        order: { seq: 'ASC' },
        take: ROWS_PER_PAGE,
      });
      for (const row of rows) walk.pass(row);
      onProgress(walk.rows, Math.max(walk.rows, head?.count ?? 0));
      if (rows.length === ROWS_PER_PAGE) continue;
      // Read after the rows, and moved with each of them: it is never behind the rows that were seen.
      const seen = head?.count;
      head = await this.log.findHead(manager);
      if (head?.count === seen) break;
    }
    return walk.end(head);
  }

  /** Whether the chain has this link at this place: what was noted as its head once must be in it for ever. */
  async passes({ count, link }: Pick<Verification, 'count' | 'link'>): Promise<boolean> {
    if (count === 0) return true;
    return (await this.dataSource.manager.findOneBy(AuditRow, { seq: count }))?.link === link;
  }

  /**
   * Begins the chain anew under a secret that it was not begun with, since that one is lost.
   *
   * @throws ConfigError where the secret fits: there is nothing to begin anew
   */
  restart(by: Actor): Promise<void> {
    return this.writer.write(async (manager) => {
      const head = await this.log.holdHead(manager);
      if (head.secretCheck === this.links.secretCheck)
        throw new ConfigError(
          'The secret is the one that the audit log was begun with: there is nothing to begin anew',
        );
      const { count: rows, link } = head;
      const target = { type: 'audit log' } as const;
      await this.log.add(manager, head, [
        { by, action: 'audit.restarted', organizationId: null, target, details: { rows, link } },
      ]);
    });
  }
}

/** The first of what was found, and how much it is. */
class Findings {
  readonly first: string[] = [];
  count = 0;

  add(sentence: string): void {
    this.count += 1;
    if (this.first.length < MOST_FINDINGS) this.first.push(sentence);
  }
}

/** One walk along the chain. */
class Walk {
  /** The place of the row passed last; rows before the first have places of 0 and less. */
  last = Number.MIN_SAFE_INTEGER;
  rows = 0;
  private place = 0;
  private earlier = 0;
  private link = FIRST_LINK;
  /** What the link before should be, where it is not what it is. */
  private expected: string | undefined;
  private changed = new Findings();
  private readonly others = new Findings();

  constructor(private readonly links: Links) {}

  pass(row: AuditRow): void {
    const { seq } = row;
    this.last = seq;
    this.rows += 1;
    if (seq < 1) {
      this.others.add(`Row ${seq} was put in`);
      return;
    }
    const follows = seq === this.place + 1;
    if (!follows) this.removed(this.place + 1, seq - 1);
    this.place = seq;
    this.check(row, follows);
    this.link = row.link;
  }

  /** A row fits the link before it as it stands, or as it must have been when that alone was changed. */
  private check(row: AuditRow, follows: boolean): void {
    const own = this.links.linkOf(this.link, row);
    const fits =
      own === row.link || (this.expected !== undefined && this.links.linkOf(this.expected, row) === row.link);
    this.expected = fits ? undefined : own;
    if (fits && row.action === 'audit.restarted') {
      // What is wrong before it is wrong under this secret, which those rows were not written with.
      if (this.changed.count > 0) this.earlier = row.seq - 1;
      this.changed = new Findings();
    }
    // Behind a gap there is nothing that it could fit.
    if (!fits && follows) this.changed.add(`Row ${row.seq} was changed`);
  }

  end(head: Head | undefined): Verification {
    const count = head?.count ?? 0;
    if (!head && this.rows > 0) this.others.add('The head of the log was removed');
    if (this.place < count) this.removed(this.place + 1, count);
    if (head && this.place > count) this.putIn(count + 1, this.place);
    if (head && head.secretCheck !== this.links.secretCheck)
      this.others.add('The head of the log names another secret');
    if (head && head.seal !== this.links.sealOf(head)) this.others.add('The head of the log was changed');
    else if (head && this.place === count && head.link !== this.link)
      this.others.add('The last link is not the one that the head has');
    const findings = [...this.changed.first, ...this.others.first].slice(0, MOST_FINDINGS);
    const more = this.changed.count + this.others.count - findings.length;
    return { count, link: head?.link ?? FIRST_LINK, earlier: this.earlier, findings, more };
  }

  private removed(from: number, to: number): void {
    this.others.add(from === to ? `Row ${from} was removed` : `Rows ${from} to ${to} were removed`);
  }

  private putIn(from: number, to: number): void {
    this.others.add(from === to ? `Row ${from} was put in` : `Rows ${from} to ${to} were put in`);
  }
}
