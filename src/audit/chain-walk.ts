import { AuditRow } from './audit-row.entity';
import { cutOf, type Head } from './audit-log';
import { digestOf, FIRST_LINK, type Cut, type Links, type SecretLinks } from './links';

const MAX_FINDINGS = 20;

/** The result of a walk along the chain. */
export interface Walked {
  readonly count: number;
  readonly link: string;
  /** How many rows were removed at the beginning because of their age. */
  readonly cut: number;
  readonly earlier: number;
  readonly findings: readonly string[];
  readonly more: number;
}

function detailsOf({ details }: AuditRow): { readonly digest?: string; readonly intact?: boolean } {
  return JSON.parse(details ?? '{}') as { digest?: string; intact?: boolean };
}

/** The first findings, and their total number. */
class Findings {
  readonly first: string[] = [];
  count = 0;

  add(sentence: string): void {
    this.count += 1;
    if (this.first.length < MAX_FINDINGS) this.first.push(sentence);
  }
}

/** One walk along the chain, from its cut to its head. */
export class ChainWalk {
  /** The position of the last row; 0 before the first row. */
  last = Number.MIN_SAFE_INTEGER;
  rows = 0;
  private place: number;
  private earlier = 0;
  private link: string;
  private digest: string;
  /** The expected previous link for each secret, if the actual one does not match. */
  private expected: readonly string[] = [];
  private changed = new Findings();
  private readonly others = new Findings();
  private secrets: readonly SecretLinks[];

  constructor(
    private readonly links: Links,
    private readonly cut: Cut,
  ) {
    this.place = cut.count;
    this.link = cut.link;
    this.digest = cut.digest;
    this.secrets = links.accepted;
  }

  pass(row: AuditRow): void {
    const { seq } = row;
    this.last = seq;
    this.rows += 1;
    if (seq < this.cut.count + 1) {
      this.others.add(`Row ${seq} was inserted`);
      return;
    }
    const follows = seq === this.place + 1;
    if (!follows) this.removed(this.place + 1, seq - 1);
    this.place = seq;
    this.check(row, follows);
    this.link = row.link;
    this.digest = digestOf(this.digest, row);
  }

  get state(): Cut {
    return { count: this.place, link: this.link, digest: this.digest };
  }

  end(head: Head | undefined): Walked {
    const count = head?.count ?? 0;
    if (!head && this.rows > 0) this.others.add('The head of the log was removed');
    if (this.place < count) this.removed(this.place + 1, count);
    if (head && this.place > count) this.inserted(count + 1, this.place);
    if (head) this.checkSeals(head, this.place === count);
    const findings = [...this.changed.first, ...this.others.first].slice(0, MAX_FINDINGS);
    const more = this.changed.count + this.others.count - findings.length;
    return { count, link: head?.link ?? FIRST_LINK, cut: this.cut.count, earlier: this.earlier, findings, more };
  }

  private checkSeals(head: Head, isAtEnd: boolean): void {
    const links = this.links.of(head.secretCheck);
    if (!links) this.others.add('The head of the log names another secret');
    const sealedBy = links ?? this.links.present;
    if (head.seal !== sealedBy.sealOf(head)) this.others.add('The head of the log was changed');
    else if (isAtEnd && head.link !== this.link) this.others.add('The last link is not the one that the head has');
    if (head.cutCount !== null && head.cutSeal !== sealedBy.sealOfCut(cutOf(head)))
      this.others.add('The beginning of the log was changed');
  }

  /** A row must match the previous link, or what that link would be if only the previous row had been changed. */
  private check(row: AuditRow, follows: boolean): void {
    const before = [this.link, ...this.expected];
    const by = this.secrets.find((one) => before.some((link) => one.linkOf(link, row) === row.link));
    // The next row was most likely written with the same secret.
    if (by && by !== this.secrets[0]) this.secrets = [by, ...this.links.accepted.filter((one) => one !== by)];
    this.expected = by ? [] : this.secrets.map((one) => one.linkOf(this.link, row));
    if (by) this.settle(row);
    // After a gap there is no link to compare with.
    else if (follows) this.changed.add(`Row ${row.seq} was changed`);
  }

  /** Rows before a restart or a change of the secret match no accepted secret. */
  private settle(row: AuditRow): void {
    if (row.action === 'audit.headMismatch') this.others.add(`The head of the log was changed before row ${row.seq}`);
    if (row.action === 'audit.restarted') {
      if (this.changed.count > 0) this.earlier = row.seq - 1;
      this.changed = new Findings();
    }
    if (row.action === 'audit.secretChanged' && this.changed.count > 0) {
      if (detailsOf(row).digest === this.digest) this.changed = new Findings();
    }
    if (row.action === 'audit.secretChanged' && detailsOf(row).intact === false)
      this.others.add(`The log had been changed already when its secret was changed, before row ${row.seq}`);
  }

  private removed(from: number, to: number): void {
    this.others.add(from === to ? `Row ${from} was removed` : `Rows ${from} to ${to} were removed`);
  }

  private inserted(from: number, to: number): void {
    this.others.add(from === to ? `Row ${from} was inserted` : `Rows ${from} to ${to} were inserted`);
  }
}
