import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import type { Database } from 'better-sqlite3';
import { repeat, type Repetition } from '../common/repeat';
import { ReserveFile } from './reserve-file';
import { LONGEST_LOG_PAGES } from './sqlite';

/** How often free space is checked; at most once per second after a rejected write. */
const CHECK_MILLIS = 5000;
const SOONEST_CHECK_MILLIS = 1000;
/** WAL pages between checkpoints while the disk is full, and the size that the WAL is truncated to: 1 MB. */
export const SHORT_LOG_PAGES = 256;
const SHORT_LOG_BYTES = SHORT_LOG_PAGES * 4096;

/** Free space within the database file above which new data is accepted again, and below which it is rejected. */
const ENOUGH_REUSABLE_BYTES = 4 * 1024 * 1024;
const TOO_LITTLE_REUSABLE_BYTES = 2 * 1024 * 1024;

/** A write was rejected because the disk is full. Has the operating system's code. */
export class DiskFullError extends Error {
  readonly code = 'ENOSPC';
}

/**
 * Keeps deletes possible on a full disk. SQLite needs space for every change, including a delete, so a reserve file is removed
 * when the disk is full. Writes that add data are then rejected until the file can be created again or deleted rows have freed
 * enough space within the database file.
 */
export class DiskReserve {
  private readonly logger = new Logger('Database');
  private readonly file: ReserveFile;
  private isHeld: boolean;
  private full = false;
  private isOff: boolean;
  private isLogShort = false;
  private isLogEmptied = false;
  private checkedAt = -Infinity;
  private checking: Promise<void> | undefined;
  private repetition: Repetition | undefined;

  /** @param bytes size of the reserve; 0 disables it, and the disk is never reported as full */
  constructor(
    private readonly connection: Database,
    bytes: number,
  ) {
    this.file = new ReserveFile(connection.name, bytes);
    this.isOff = bytes === 0;
    this.isHeld = existsSync(this.file.path);
  }

  /** Whether writes that add data are rejected. Undefined without a reserve. */
  get isFull(): boolean | undefined {
    return this.isOff ? undefined : this.full;
  }

  /** Whether writes that add data must call `requireRoom` first, because the reserve is used up. */
  get isTight(): boolean {
    return this.repetition !== undefined && !this.isOff && !this.isHeld;
  }

  /** Creates the reserve and starts the periodic checks. */
  async start(): Promise<void> {
    if (this.isOff) return this.file.remove();
    await this.check();
    this.repetition = repeat(CHECK_MILLIS, () => this.check());
  }

  async stop(): Promise<void> {
    void this.repetition?.stop();
    await this.checking;
  }

  /** @throws DiskFullError if the disk was full at the last check, at most a second ago */
  async requireRoom(): Promise<void> {
    if (performance.now() - this.checkedAt > SOONEST_CHECK_MILLIS) await this.check();
    if (this.full) throw new DiskFullError(`The disk of ${this.connection.name} is full`);
  }

  /**
   * Call it when a write failed because the disk is full.
   *
   * @returns whether this call removed the reserve, so that a retry may succeed
   */
  giveUp(): boolean {
    if (this.isOff) return false;
    const wasHeld = this.isHeld;
    this.isHeld = false;
    this.checkedAt = performance.now();
    if (wasHeld) this.file.remove();
    this.setFull(true);
    if (wasHeld) this.shortenLog();
    return wasHeld;
  }

  /** Truncates the WAL if that has failed when the reserve was removed, because it was in use. */
  emptyLog(): void {
    if (this.isLogShort && !this.isLogEmptied) this.shortenLog();
  }

  /** Runs one check at a time. Never rejects. */
  private check(): Promise<void> {
    return (this.checking ??= this.look()
      .catch((cause: NodeJS.ErrnoException) => this.failed(cause))
      .finally(() => {
        this.checkedAt = performance.now();
        this.checking = undefined;
      }));
  }

  private failed({ code, message }: NodeJS.ErrnoException): void {
    const isForGood = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    this.logger.warn(`The reserve ${this.file.path} cannot be made: ${message}`);
    if (!isForGood) return;
    this.isOff = true;
    this.full = false;
    void this.repetition?.stop();
  }

  private async look(): Promise<void> {
    if (this.isOff) return;
    const before = this.checkedAt;
    const isHeld = this.isHeld ? await this.file.exists() : await this.file.make();
    // A write has failed for lack of space since the check began.
    if (this.checkedAt !== before && this.full) return;
    this.isHeld = isHeld;
    if (isHeld) {
      this.setFull(false);
      if (this.isLogShort) this.lengthenLog();
      return;
    }
    this.setFull(this.reusableBytes() < (this.full ? ENOUGH_REUSABLE_BYTES : TOO_LITTLE_REUSABLE_BYTES));
    if (this.full) this.shortenLog();
  }

  /** Free pages within the database file. */
  private reusableBytes(): number {
    const read = (name: string) => Number(this.connection.pragma(name, { simple: true }));
    return read('freelist_count') * read('page_size');
  }

  private setFull(isFull: boolean): void {
    if (isFull === this.full) return;
    this.full = isFull;
    const { name } = this.connection;
    if (!isFull) {
      this.logger.log(`There is room for ${name} again: new data is accepted`);
      return;
    }
    this.logger.error(
      `The disk of ${name} is full, or has less than ${Math.ceil(this.file.neededBytes)} bytes free: new data is refused, ` +
        'and data can be deleted. Make room on the disk, delete data, or set DAKKIO_DISK_RESERVE_BYTES lower on a small disk',
    );
  }

  /** Truncates the WAL, because deletes need its space. If it is in use, the next write or check tries again. */
  private shortenLog(): void {
    if (this.connection.inTransaction) return;
    this.isLogShort = true;
    this.isLogEmptied = false;
    this.connection.pragma(`wal_autocheckpoint = ${SHORT_LOG_PAGES}`);
    this.connection.pragma(`journal_size_limit = ${SHORT_LOG_BYTES}`);
    try {
      this.isLogEmptied = this.connection.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
    } catch (cause) {
      this.logger.debug(`The log of ${this.connection.name} could not be emptied: ${(cause as Error).message}`);
    }
  }

  private lengthenLog(): void {
    if (this.connection.inTransaction) return;
    this.isLogShort = false;
    this.connection.pragma(`wal_autocheckpoint = ${LONGEST_LOG_PAGES}`);
    this.connection.pragma('journal_size_limit = -1');
  }
}
