import type { Writable } from 'node:stream';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { repeat, type Repetition } from '../common/repeat';
import { CONFIG, type Config } from '../common/config/config';
import { answersRequests } from '../common/http/answers-requests';
import type { AuditRecorder } from '../common/audit-event';
import { OutageLog } from '../common/outage-log';
import { isoTime } from '../common/times';
import { Writer } from '../database/writer';
import { watched, type Run } from '../database/watched';
import { anchorLine, anchorsIn, type Anchor } from './anchor';
import { AnchorFile } from './anchor-file';
import { AuditLog, cutOf, type Head } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { Links } from './links';
import { Refusals } from './refusals';

const EVERY_MILLIS = 1000;
/** The time limit of one check. */
const STALL_MILLIS = 15_000;
/** How many checks follow after rows were added, because the commit may take a few seconds. */
const LOOKS_AFTER_ADDITION = 10;
/** The limit of unread lines on standard output. */
const MAX_UNREAD_BYTES = 65_536;
const NOT_ANCHORED = 'The audit log could not be anchored yet';

/**
 * Records the end of the audit log outside the database, at most once a second and always after the commit: in a file, and on
 * standard output if that is configured. When the log does not match an earlier anchor, no more are recorded until
 * `audit:restart`, so that the evidence is kept.
 */
@Injectable()
export class AuditAnchors implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('AuditAnchors');
  private readonly file: AnchorFile | undefined;
  private output: Writable | undefined;
  private latest: Anchor | undefined;
  private isRead = false;
  private isSuspended = false;
  private seenAdditions = -1;
  private looksLeft = 1;
  private repetition: Repetition | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) { auditAnchorFile, database }: Pick<Config, 'auditAnchorFile' | 'database'>,
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly log: AuditLog,
    private readonly links: Links,
    private readonly refusals: Refusals,
    private readonly outages: OutageLog,
    private readonly host: HttpAdapterHost,
  ) {
    const beside = database.type === 'sqlite' ? `${database.path}.anchor` : 'off';
    const path = auditAnchorFile === '' ? beside : auditAnchorFile;
    if (path !== 'off') this.file = new AnchorFile(path);
  }

  /** The path of the anchor file; undefined if there is none. */
  get path(): string | undefined {
    return this.file?.path;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (answersRequests(this.host)) await this.compare().catch((cause: Error) => this.logUnreadable(cause));
    this.repetition = repeat(EVERY_MILLIS, () => this.anchor());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.repetition?.stop();
    await this.refusals.flush();
    this.looksLeft = 1;
    await this.anchor();
  }

  /** Also writes later anchors to this stream, for a log collector. */
  printTo(output: Writable): void {
    // Its reader may have closed it.
    output.on('error', () => (this.output = undefined));
    this.output = output;
  }

  /** The latest anchor in the file. */
  async read(): Promise<Anchor | undefined> {
    return this.file && anchorsIn(this.links, await this.file.read()).at(-1);
  }

  /** What does not match between the log and the latest anchor, in the file or in the given text. */
  async findings(elsewhere?: string): Promise<string[]> {
    const text = elsewhere ?? (await this.file?.read()) ?? '';
    const anchors = anchorsIn(this.links, text);
    const latest = anchors.at(-1);
    return [...(await this.unexplainedDrops(anchors)), ...(latest ? await this.findingsOf(latest) : [])];
  }

  /** Finds counts that fall from one anchor to the next: a server that was restarted does not know the anchors that it printed before. */
  private async unexplainedDrops(anchors: readonly Anchor[]): Promise<string[]> {
    const drops = anchors.flatMap((after, index) => {
      const before = anchors[index - 1];
      if (!before || after.count > before.count) return [];
      return after.count === before.count && after.link === before.link ? [] : [{ before, after }];
    });
    if (drops.length === 0) return [];
    const restored = await this.dataSource.manager.findBy(AuditRow, { action: 'audit.restored' });
    return drops
      .filter(({ before, after }) => !restored.some(({ at }) => at > before.at && at <= after.at))
      .map(
        ({ before, after }) =>
          `Row ${before.count} was anchored at ${isoTime(before.at)}, and row ${after.count} as the last one at ${isoTime(after.at)}: the log was restored in between`,
      );
  }

  /** Accepts the log as it is, after the operator has declared a restored backup. */
  async declare(): Promise<void> {
    await this.working;
    this.isRead = true;
    this.isSuspended = false;
    this.latest = await this.read();
    const head = await this.log.findHead(this.dataSource.manager);
    if (head) await this.note(head);
  }

  /** Records the end of the log if it has moved. */
  anchor(): Promise<void> {
    return (this.working = this.working
      .then(() => watched({ stallMillis: STALL_MILLIS }, (run) => this.look(run)))
      .catch((cause: unknown) => this.outages.background(NOT_ANCHORED, cause)));
  }

  private async look(run: Run): Promise<void> {
    if (!this.file && !this.output) return;
    if (this.log.additions !== this.seenAdditions) {
      this.seenAdditions = this.log.additions;
      this.looksLeft = LOOKS_AFTER_ADDITION;
    }
    if (this.isSuspended) await this.resumeIfDeclared();
    if (this.looksLeft === 0 || this.isSuspended) return;
    if (!this.isRead) await this.compare();
    const head = await this.log.findHead(this.dataSource.manager);
    // A check that timed out must not record an end before the one that was recorded meanwhile.
    if (!run.next()) return;
    this.looksLeft -= 1;
    if (!head || this.isSuspended || head.count === this.latest?.count) return;
    if (this.latest && (await this.findingsOf(this.latest, head)).length > 0) {
      await this.compare();
      return;
    }
    if (run.next()) await this.note(head);
  }

  /** `audit:restart` declares a restored backup and writes a new anchor. */
  private async resumeIfDeclared(): Promise<void> {
    const latest = await this.read();
    if (!latest || latest.at <= (this.latest?.at ?? 0) || (await this.findingsOf(latest)).length > 0) return;
    this.latest = latest;
    this.isSuspended = false;
  }

  private async note({ count, link, secretCheck }: Head): Promise<void> {
    const links = this.links.of(secretCheck);
    if (!links) return;
    // The clock may have been set back, and the latest anchor is found by its time.
    const at = Math.max(Date.now(), (this.latest?.at ?? 0) + 1);
    const anchor = { at, count, link };
    const line = anchorLine(links, anchor);
    await this.file?.add(line);
    if (this.output && this.output.writableLength < MAX_UNREAD_BYTES) this.output.write(`${line}\n`);
    this.latest = anchor;
  }

  /** Compares the log with the latest anchor, and logs what does not match. */
  private async compare(): Promise<void> {
    this.latest = (await this.read()) ?? this.latest;
    this.isRead = true;
    const findings = this.latest ? await this.findingsOf(this.latest) : [];
    if (findings.length === 0) return;
    this.isSuspended = true;
    for (const finding of findings)
      this.logger.error(`${finding}. If you restored a backup, run: npm run audit:restart -- --yes`);
    const target = { type: 'audit log' } as const;
    const event = { by: { kind: 'server' }, action: 'audit.anchorMismatch', organizationId: null, target } as const;
    const record = (_manager: unknown, audit: AuditRecorder) =>
      Promise.resolve(audit({ ...event, details: { findings } }));
    await this.writer.write(record).catch((cause: Error) => this.logger.warn(cause.message));
  }

  private async findingsOf(anchor: Anchor, head?: Head): Promise<string[]> {
    const { count, link, at } = anchor;
    const { manager } = this.dataSource;
    const present = head ?? (await this.log.findHead(manager));
    const noted = `row ${count} was anchored at ${isoTime(at)}`;
    if (!present) return count === 0 ? [] : [`The head of the log is missing, but ${noted}`];
    if (present.count < count)
      return [`The log ends at row ${present.count}, but ${noted}: it was restored to an earlier state, or emptied`];
    const cut = cutOf(present);
    if (count < cut.count || count === 0) return [];
    const there = count === cut.count ? cut.link : (await manager.findOneBy(AuditRow, { seq: count }))?.link;
    return there === link ? [] : [`Row ${count} is not the one that was anchored at ${isoTime(at)}`];
  }

  private logUnreadable(cause: Error): void {
    this.logger.warn(`The anchors of the audit log cannot be read: ${cause.message}`);
  }
}
