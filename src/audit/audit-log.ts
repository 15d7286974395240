import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigError } from '../common/config/settings';
import { newId } from '../common/ids';
import type { AuditEvent } from '../common/audit-event';
import { redactKeys } from '../common/redact';
import { AuditStore } from '../database/audit-store';
import { bulkInsert } from '../database/bulk-insert';
import type { CommitProof } from '../database/commit-proof';
import { endTask, readTask } from '../database/resumable-tasks';
import { selectRows } from '../database/select-rows';
import { query, rowLock } from '../database/sql';
import { Organization } from '../organizations/organization.entity';
import { AuditHead } from './audit-head.entity';
import { AuditRow } from './audit-row.entity';
import { proveByLink } from './commit-proof';
import { FIRST_LINK, Links, NO_CUT, type Cut, type SecretLinks, type Unlinked } from './links';

/** Of instances that begin the log at once, one does. */
const BEGIN = `INSERT INTO audit_head (id, count, link, seal, secret_check) VALUES (1, 0, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const MOVE_HEAD = 'UPDATE audit_head SET count = ?, link = ?, seal = ?, secret_check = ? WHERE id = 1';

const LAST_ROW = 'SELECT seq, link FROM audit_log ORDER BY seq DESC LIMIT 1';
const MOVE_CUT = 'UPDATE audit_head SET cut_count = ?, cut_link = ?, cut_digest = ?, cut_seal = ? WHERE id = 1';

const WRONG_SECRET =
  "The server's secret is not the one that the audit log was begun with. Put that one back (DAKKIO_SECRET_KEY, " +
  'DAKKIO_SECRET_KEY_FILE, or the file beside the database). If it is lost: npm run audit:restart';

/** Left by the migration of a database that is older than the audit log, until its first row. */
const BEGINS = 'audit log begins';

/** Where the chain stands, as the transaction that writes sees it. */
export type Head = Omit<AuditHead, 'id'>;

/** What a head says was cut off. */
export function cutOf({ cutCount, cutLink, cutDigest }: Head): Cut {
  if (cutCount === null || cutLink === null || cutDigest === null) return NO_CUT;
  return { count: cutCount, link: cutLink, digest: cutDigest };
}

/** Adds to the audit log what transactions note in their audit, as the last thing before they are committed. */
@Injectable()
export class AuditLog extends AuditStore {
  /** How many times this process has added rows: whoever anchors the log looks again when it has changed. */
  additions = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly links: Links,
  ) {
    super();
  }

  /** @throws ConfigError where the log was begun with another secret than the server's */
  async assertSecret(): Promise<void> {
    const head = await this.findHead(this.dataSource.manager);
    if (head) this.requireSecret(head);
  }

  /** Whether there are organizations, but neither a log nor a reason for that. */
  async isEmptied(manager: EntityManager): Promise<boolean> {
    const head = await this.findHead(manager);
    if ((head?.count ?? 0) > 0 || (await readTask(manager, BEGINS))) return false;
    return (await manager.count(Organization)) > 0;
  }

  async findHead(manager: EntityManager, lock = ''): Promise<Head | undefined> {
    const [head] = await selectRows(manager, AuditHead, `WHERE id = 1${lock}`, []);
    return head;
  }

  /** The head, held until the transaction's end: instances take turns. It is made where there is none. */
  async holdHead(manager: EntityManager): Promise<Head> {
    const lock = rowLock(manager, 'UPDATE');
    const head = await this.findHead(manager, lock);
    if (head) return head;
    const empty = { count: 0, link: FIRST_LINK };
    const { present } = this.links;
    await query(manager, BEGIN, [empty.link, present.sealOf(empty), present.secretCheck]);
    return (await this.findHead(manager, lock)) as Head;
  }

  /**
   * Links these rows to the chain behind `head`, and moves the head to its new end.
   *
   * @returns how to find out later whether the transaction was committed
   * @param links those of the secret that the log goes on under: the one that it was written with so far, or the present one
   */
  async add(
    manager: EntityManager,
    head: Head,
    events: readonly AuditEvent[],
    links = this.links.of(head.secretCheck) ?? this.links.present,
  ): Promise<CommitProof> {
    const rows: AuditRow[] = [];
    let { link } = head;
    const at = Date.now();
    for (const event of events) {
      const row = rowOf(event, head.count + rows.length + 1, at);
      link = links.linkOf(link, row);
      rows.push(Object.assign(row, { link }));
    }
    await bulkInsert(manager, AuditRow, rows);
    const end = { count: head.count + rows.length, link };
    await query(manager, MOVE_HEAD, [end.count, link, links.sealOf(end), links.secretCheck]);
    if (head.cutCount !== null && head.secretCheck !== links.secretCheck)
      await this.moveCut(manager, cutOf(head), links);
    this.additions += 1;
    return proveByLink(end);
  }

  /** Notes that the log begins behind this cut. What comes before it may be deleted from then on. */
  async moveCut(manager: EntityManager, cut: Cut, links: SecretLinks): Promise<void> {
    await query(manager, MOVE_CUT, [cut.count, cut.link, cut.digest, links.sealOfCut(cut)]);
  }

  /** @throws ConfigError where the log was begun with another secret than those that the server accepts */
  requireSecret({ secretCheck }: Head): SecretLinks {
    const links = this.links.of(secretCheck);
    if (!links) throw new ConfigError(WRONG_SECRET);
    return links;
  }

  /**
   * The head to go on from, where the last row lies behind the one that the head names: a head that was put back would otherwise
   * make every further row collide with one that is there.
   */
  async behindLastRow(manager: EntityManager, head: Head): Promise<Head> {
    const [last] = await query<{ seq: number; link: string }>(manager, LAST_ROW, []);
    if (!last || last.seq <= head.count) return head;
    return { ...head, count: last.seq, link: last.link };
  }

  /** Whether there are organizations whose creation is not among these first rows of the log: then it was emptied. */
  private async isLogOfOthers(manager: EntityManager, events: readonly AuditEvent[]): Promise<boolean> {
    if (await readTask(manager, BEGINS)) {
      await endTask(manager, BEGINS);
      return false;
    }
    const created = events.filter(({ action }) => action === 'organization.created').length;
    return (await manager.count(Organization)) > created;
  }

  /** A head that does not fit its seal, or the rows, is noted in a row of its own: the next seal would hide it. */
  override async append(manager: EntityManager, events: readonly AuditEvent[]): Promise<CommitProof> {
    const head = await this.holdHead(manager);
    const links = this.requireSecret(head);
    const isEmptied = head.count === 0 && (await this.isLogOfOthers(manager, events));
    const from = this.additions === 0 ? await this.behindLastRow(manager, head) : head;
    if (!isEmptied && from === head && head.seal === links.sealOf(head)) {
      return this.add(manager, head, events);
    }
    const target = { type: 'audit log' } as const;
    const details = { rows: head.count, link: head.link };
    const by = { kind: 'server' } as const;
    const noted = { by, action: 'audit.headMismatch', organizationId: null, target, details } as const;
    return this.add(manager, from, [noted, ...events]);
  }
}

function rowOf(event: AuditEvent, seq: number, at: number): Unlinked {
  const { by, action, organizationId, bucketId = null, target, details } = event;
  const actor = by.kind === 'api key' ? by : { id: by.kind === 'command line' ? by.user : null, name: null };
  const { address, requestId } = by.kind === 'api key' ? by : { address: null, requestId: null };
  return {
    seq,
    id: newId(at),
    at,
    organizationId,
    bucketId,
    actorKind: by.kind,
    actorId: cut(actor.id, 100),
    actorName: cut(actor.name, 100),
    action,
    targetType: target.type,
    targetId: target.id ?? null,
    targetName: cut(target.name ?? null, 100),
    details: details === undefined ? null : redactKeys(JSON.stringify(details)),
    address: cut(address, 45),
    requestId: cut(requestId, 128),
  };
}

/** Code points, as the columns count them. A key may stand in a path, a name or a request's id: not here. */
function cut(text: string | null, length: number): string | null {
  const shown = text && redactKeys(text);
  return shown === null || shown.length <= length ? shown : [...shown].slice(0, length).join('');
}
