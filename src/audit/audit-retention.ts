import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, LessThanOrEqual, MoreThan, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import type { AuditRecorder } from '../common/audit-event';
import { isoTime } from '../common/times';
import { PeriodicTasks } from '../database/periodic-task';
import { Writer } from '../database/writer';
import type { Run } from '../database/watched';
import { AuditLog, cutOf } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { digestOf, Links, NO_CUT, type Cut } from './links';

const EVERY_MILLIS = 3_600_000;
const DAY_MILLIS = 86_400_000;
/** Rows for each transaction, because other writes wait for it. */
const ROWS_PER_STEP = 500;
/** The maximum number of changes of the secret that are checked, latest first. */
const MAX_SECRET_CHANGES = 10;

/** Removes audit rows that are older than `DAKKIO_AUDIT_RETENTION_DAYS`. A sealed cut records where `audit:verify` starts. */
@Injectable()
export class AuditRetention {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'auditRetentionDays'>,
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly log: AuditLog,
    private readonly links: Links,
    periodicTasks: PeriodicTasks,
  ) {
    if (config.auditRetentionDays === undefined) return;
    periodicTasks.register({
      failed: 'Old rows of the audit log were not removed',
      everyMillis: EVERY_MILLIS,
      firstAfterMillis: 0,
      work: async (run) => void (await this.cut(Date.now(), run)),
    });
  }

  /** Removes expired rows and returns their number. The lock of the head serializes instances. */
  async cut(nowMillis = Date.now(), run: Run = { next: () => true }): Promise<number> {
    const { auditRetentionDays: days } = this.config;
    if (days === undefined) return 0;
    const before = nowMillis - days * DAY_MILLIS;
    let removed = 0;
    while (run.next() && (await this.hasOlder(before))) {
      const step = await this.step(before);
      if (step === 0) break;
      removed += step;
    }
    if (removed === 0) return 0;
    const target = { type: 'audit log' } as const;
    const event = { by: { kind: 'server' }, action: 'audit.cut', organizationId: null, target } as const;
    const details = { rows: removed, before: isoTime(before) };
    await this.writer.write((_manager, audit: AuditRecorder) => Promise.resolve(audit({ ...event, details })));
    return removed;
  }

  private async hasOlder(before: number): Promise<boolean> {
    const { manager } = this.dataSource;
    const head = await this.log.findHead(manager);
    const from = head ? cutOf(head) : NO_CUT;
    const first = await manager.findOneBy(AuditRow, { seq: from.count + 1 });
    return first !== null && first.at < before;
  }

  /**
   * Checks rows before they are removed: otherwise a row whose time was set back would be removed instead of reported. Rows from
   * before a change of the secret match no accepted secret.
   *
   * @throws Error for a row that does not match its predecessor
   */
  private async requireIntact(manager: EntityManager, { link: first }: Cut, rows: readonly AuditRow[]): Promise<void> {
    let link = first;
    for (const row of rows) {
      const before = link;
      const fits = this.links.accepted.some((one) => one.linkOf(before, row) === row.link);
      if (!fits && row.seq > (await this.lastSecretChange(manager)))
        throw new Error(`row ${row.seq} was changed. npm run audit:verify says more`);
      link = row.link;
    }
  }

  private async lastSecretChange(manager: EntityManager): Promise<number> {
    const action = In(['audit.secretChanged', 'audit.restarted']);
    const rows = await manager.find(AuditRow, { where: { action }, order: { seq: 'DESC' }, take: MAX_SECRET_CHANGES });
    for (const row of rows) {
      const before = await manager.findOneBy(AuditRow, { seq: row.seq - 1 });
      // Such a row only counts if it is linked with an accepted secret.
      if (before && this.links.accepted.some((one) => one.linkOf(before.link, row) === row.link)) return row.seq;
    }
    return 0;
  }

  /** The expired rows at the start of the log, up to the first row to keep. Times may be slightly out of order. */
  private step(before: number): Promise<number> {
    return this.writer.write(async (manager) => {
      const head = await this.log.lockHead(manager);
      const links = this.log.requireSecret(head);
      const from = cutOf(head);
      const isSealed = head.seal === links.sealOf(head);
      if (!isSealed || (head.cutCount !== null && head.cutSeal !== links.sealOfCut(from)))
        throw new Error('the head or the beginning of the log was changed. npm run audit:verify says more');
      const where = { seq: MoreThan(from.count) };
      const rows = await manager.find(AuditRow, { where, order: { seq: 'ASC' }, take: ROWS_PER_STEP });
      const kept = rows.findIndex(({ seq, at }, index) => at >= before || seq !== from.count + 1 + index);
      const old = kept === -1 ? rows : rows.slice(0, kept);
      const last = old.at(-1);
      if (!last) return 0;
      await this.requireIntact(manager, from, old);
      const digest = old.reduce((before, row) => digestOf(before, row), from.digest);
      await this.log.moveCut(manager, { count: last.seq, link: last.link, digest }, links);
      await manager.delete(AuditRow, { seq: LessThanOrEqual(last.seq) });
      return old.length;
    });
  }
}
