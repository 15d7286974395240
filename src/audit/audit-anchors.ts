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
/** So long the database and the file have for one look. The next one begins at its time. */
const STALL_MILLIS = 15_000;
/** A commit may follow some seconds after the rows were added. */
const LOOKS_AFTER_ADDITION = 10;
/** Of lines that nobody reads from standard output, so much is kept. */
const MOST_UNREAD_BYTES = 65_536;
const NOT_ANCHORED = 'The audit log could not be anchored yet';

/**
 * Notes where the audit log ends outside the database, at most once a second and always behind the commit: in a file, and on
 * standard output where that is asked for. Once the log does not fit what was noted, nothing is noted until `audit:restart`, so that
 * the evidence stays.
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

  /** Where the file of anchors is; undefined where there is none. */
  get path(): string | undefined {
    return this.file?.path;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (answersRequests(this.host)) await this.compare().catch((cause: Error) => this.tellUnreadable(cause));
    this.repetition = repeat(EVERY_MILLIS, () => this.anchor());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.repetition?.stop();
    await this.refusals.flush();
    this.looksLeft = 1;
    await this.anchor();
  }

  /** Writes anchors there too, from the next one on: for a stream that a log collector keeps. */
  printTo(output: Writable): void {
    // Its reader may have gone.
    output.on('error', () => (this.output = undefined));
    this.output = output;
  }

  /** The latest anchor of the file. */
  async read(): Promise<Anchor | undefined> {
    return this.file && anchorsIn(this.links, await this.file.read()).at(-1);
  }

  /** What is wrong with the log beside the latest anchor of the file, or beside one of elsewhere. */
  async findings(elsewhere?: string): Promise<string[]> {
    const text = elsewhere ?? (await this.file?.read()) ?? '';
    const anchors = anchorsIn(this.links, text);
    const latest = anchors.at(-1);
    return [...(await this.unexplainedDrops(anchors)), ...(latest ? await this.findingsOf(latest) : [])];
  }

  /** A server that was restarted knows no anchor that it printed before: a count that falls is found in the lines themselves. */
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
          `Row ${before.count} was anchored at ${isoTime(before.at)}, and row ${after.count} as the last one at ${isoTime(after.at)}: the log was put back in between`,
      );
  }

  /** Takes the log as it is, after a restored backup was declared. */
  async declare(): Promise<void> {
    await this.working;
    this.isRead = true;
    this.isSuspended = false;
    this.latest = await this.read();
    const head = await this.log.findHead(this.dataSource.manager);
    if (head) await this.note(head);
  }

  /** Notes the log's end, if it has moved. */
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
    // A look that was given up must not note an end that lies before the one that is noted by now.
    if (!run.next()) return;
    this.looksLeft -= 1;
    if (!head || this.isSuspended || head.count === this.latest?.count) return;
    if (this.latest && (await this.findingsOf(this.latest, head)).length > 0) {
      await this.compare();
      return;
    }
    if (run.next()) await this.note(head);
  }

  /** A restored backup is declared with `audit:restart`, which writes a new anchor. */
  private async resumeIfDeclared(): Promise<void> {
    const latest = await this.read();
    if (!latest || latest.at <= (this.latest?.at ?? 0) || (await this.findingsOf(latest)).length > 0) return;
    this.latest = latest;
    this.isSuspended = false;
  }

  private async note({ count, link, secretCheck }: Head): Promise<void> {
    const links = this.links.of(secretCheck);
    if (!links) return;
    // The clock may have been set back: the latest is known by its time.
    const at = Math.max(Date.now(), (this.latest?.at ?? 0) + 1);
    const anchor = { at, count, link };
    const line = anchorLine(links, anchor);
    await this.file?.add(line);
    if (this.output && this.output.writableLength < MOST_UNREAD_BYTES) this.output.write(`${line}\n`);
    this.latest = anchor;
  }

  /** Compares the log with what was noted before, and says aloud where it does not fit. */
  private async compare(): Promise<void> {
    this.latest = (await this.read()) ?? this.latest;
    this.isRead = true;
    const findings = this.latest ? await this.findingsOf(this.latest) : [];
    if (findings.length === 0) return;
    this.isSuspended = true;
    for (const finding of findings)
      this.logger.error(`${finding}. If a backup was restored, say so: npm run audit:restart -- --yes`);
    const target = { type: 'audit log' } as const;
    const event = { by: { kind: 'server' }, action: 'audit.anchorMismatch', organizationId: null, target } as const;
    const noteDown = (_manager: unknown, audit: AuditRecorder) =>
      Promise.resolve(audit({ ...event, details: { findings } }));
    await this.writer.write(noteDown).catch((cause: Error) => this.logger.warn(cause.message));
  }

  private async findingsOf(anchor: Anchor, head?: Head): Promise<string[]> {
    const { count, link, at } = anchor;
    const { manager } = this.dataSource;
    const present = head ?? (await this.log.findHead(manager));
    const noted = `row ${count} was anchored at ${isoTime(at)}`;
    if (!present) return count === 0 ? [] : [`The head of the log is missing, but ${noted}`];
    if (present.count < count)
      return [`The log ends at row ${present.count}, but ${noted}: it was put back to an earlier state, or emptied`];
    const cut = cutOf(present);
    if (count < cut.count || count === 0) return [];
    const there = count === cut.count ? cut.link : (await manager.findOneBy(AuditRow, { seq: count }))?.link;
    return there === link ? [] : [`Row ${count} is not the one that was anchored at ${isoTime(at)}`];
  }

  private tellUnreadable(cause: Error): void {
    this.logger.warn(`The anchors of the audit log cannot be read: ${cause.message}`);
  }
}
