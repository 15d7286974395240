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

/** If several instances begin the log at once, one of them succeeds. */
const BEGIN = `INSERT INTO audit_head (id, count, link, seal, secret_check) VALUES (1, 0, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const MOVE_HEAD = 'UPDATE audit_head SET count = ?, link = ?, seal = ?, secret_check = ? WHERE id = 1';

const LAST_ROW = 'SELECT seq, link FROM audit_log ORDER BY seq DESC LIMIT 1';
const MOVE_CUT = 'UPDATE audit_head SET cut_count = ?, cut_link = ?, cut_digest = ?, cut_seal = ? WHERE id = 1';

const WRONG_SECRET =
  "The server's secret is not the one that the audit log was started with. Restore that secret (DAKKIO_SECRET_KEY, " +
  'DAKKIO_SECRET_KEY_FILE, or the file beside the database). If it is lost: npm run audit:restart';

/** The migration of a database from before the audit log leaves this task, until the first row is written. */
const BEGINS = 'audit log begins';

/** The end of the chain, as the writing transaction sees it. */
export type Head = Omit<AuditHead, 'id'>;

/** The cut that a head describes. */
export function cutOf({ cutCount, cutLink, cutDigest }: Head): Cut {
  if (cutCount === null || cutLink === null || cutDigest === null) return NO_CUT;
  return { count: cutCount, link: cutLink, digest: cutDigest };
}

/** Adds to the audit log what transactions note in their audit, as the last thing before they are committed. */
@Injectable()
export class AuditLog extends AuditStore {
  /** How often this process has added rows. Anchoring checks the log when this changes. */
  additions = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly links: Links,
  ) {
    super();
  }

  /** @throws ConfigError if the log was started with another secret */
  async assertSecret(): Promise<void> {
    const head = await this.findHead(this.dataSource.manager);
    if (head) this.requireSecret(head);
  }

  /** Whether there are organizations but no log, without an explanation for it. */
  async isEmptied(manager: EntityManager): Promise<boolean> {
    const head = await this.findHead(manager);
    if ((head?.count ?? 0) > 0 || (await readTask(manager, BEGINS))) return false;
    return (await manager.count(Organization)) > 0;
  }

  async findHead(manager: EntityManager, lock = ''): Promise<Head | undefined> {
    const [head] = await selectRows(manager, AuditHead, `WHERE id = 1${lock}`, []);
    return head;
  }

  /** Locks the head until the transaction's end, which serializes instances, and creates it if necessary. */
  async lockHead(manager: EntityManager): Promise<Head> {
    const lock = rowLock(manager, 'UPDATE');
    const head = await this.findHead(manager, lock);
    if (head) return head;
    const empty = { count: 0, link: FIRST_LINK };
    const { present } = this.links;
    await query(manager, BEGIN, [empty.link, present.sealOf(empty), present.secretCheck]);
    return (await this.findHead(manager, lock)) as Head;
  }

  /**
   * Appends rows to the chain after `head`, and moves the head to the new end.
   *
   * @param links of the secret for the new rows: by default that of the head, or the current one
   * @returns how to find out later whether the transaction was committed
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

  /** Records that the log begins after this cut. The rows before it can be deleted from then on. */
  async moveCut(manager: EntityManager, cut: Cut, links: SecretLinks): Promise<void> {
    await query(manager, MOVE_CUT, [cut.count, cut.link, cut.digest, links.sealOfCut(cut)]);
  }

  /** @throws ConfigError if the log was started with a secret that the server does not accept */
  requireSecret({ secretCheck }: Head): SecretLinks {
    const links = this.links.of(secretCheck);
    if (!links) throw new ConfigError(WRONG_SECRET);
    return links;
  }

  /**
   * The head to continue from. If the head was set back, rows exist after the one that it names, and new rows would collide with
   * them: then this is the last row.
   */
  async afterLastRow(manager: EntityManager, head: Head): Promise<Head> {
    const [last] = await query<{ seq: number; link: string }>(manager, LAST_ROW, []);
    if (!last || last.seq <= head.count) return head;
    return { ...head, count: last.seq, link: last.link };
  }

  /** Whether organizations exist that these first rows of the log did not create: then the log was emptied. */
  private async wasEmptied(manager: EntityManager, events: readonly AuditEvent[]): Promise<boolean> {
    if (await readTask(manager, BEGINS)) {
      await endTask(manager, BEGINS);
      return false;
    }
    const created = events.filter(({ action }) => action === 'organization.created').length;
    return (await manager.count(Organization)) > created;
  }

  /** A head that does not match its seal or the rows is recorded in an event, because the next seal would hide it. */
  override async append(manager: EntityManager, events: readonly AuditEvent[]): Promise<CommitProof> {
    const head = await this.lockHead(manager);
    const links = this.requireSecret(head);
    const isEmptied = head.count === 0 && (await this.wasEmptied(manager, events));
    const from = this.additions === 0 ? await this.afterLastRow(manager, head) : head;
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

const NO_REQUEST = { address: null, requestId: null, sessionId: undefined };

function rowOf(event: AuditEvent, seq: number, at: number): Unlinked {
  const { by, action, organizationId, bucketId = null, target, details } = event;
  const actor = by.kind === 'api key' ? by : { id: by.kind === 'command line' ? by.user : null, name: null };
  const { address, requestId, sessionId } = by.kind === 'api key' ? by : NO_REQUEST;
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
    details: detailsOf(details, sessionId),
    address: cut(address, 45),
    requestId: cut(requestId, 128),
  };
}

/** The details as JSON, with the session key that the actor used. */
function detailsOf(details: AuditEvent['details'], sessionId: string | undefined): string | null {
  if (sessionId !== undefined) return redactKeys(JSON.stringify({ ...details, sessionId }));
  return details === undefined ? null : redactKeys(JSON.stringify(details));
}

/** Shortens a text to a number of code points, as columns count them, and redacts keys that a client sent as a name or request id. */
function cut(text: string | null, length: number): string | null {
  const shown = text && redactKeys(text);
  return shown === null || shown.length <= length ? shown : [...shown].slice(0, length).join('');
}
