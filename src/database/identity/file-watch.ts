import { realpathSync, statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import type { Database } from 'better-sqlite3';
import { repeat, type Repetition } from '../../common/repeat';
import { rescuePaths, writeRescueCopy } from './rescue';

const LOOKS_EVERY_MILLIS = 1000;
const NEXT_RESCUE_MILLIS = 10_000;

/** The path of the database no longer refers to the file that the server has open. */
export class DatabaseFileGone extends Error {
  /** SQLite's code for this error, which SQLite does not report in WAL mode. */
  readonly code = 'SQLITE_READONLY_DBMOVED';
}

interface Watched {
  readonly path: string;
  readonly identity: string;
}

/**
 * Detects when the file of an SQLite database, its WAL or its index is deleted, moved or replaced while the server has them open.
 * Further writes would be lost when the server stops, so commits are blocked and all committed data is copied to a rescue file.
 * Writes resume once the files are back.
 */
export class FileWatch {
  private readonly logger = new Logger('Database');
  private readonly files: readonly Watched[];
  private missing: string | undefined;
  private rescued: string | undefined;
  private rescuing: Promise<void> | undefined;
  private nextRescueAt = 0;
  private repetition: Repetition | undefined;

  constructor(private readonly connection: Database) {
    const { name } = connection;
    // The WAL is next to the target of a symbolic link.
    const file = realpathSync(name);
    this.files = [name, `${file}-wal`, `${file}-shm`].flatMap((path) => {
      const identity = identityOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
      return identity === undefined ? [] : [{ path, identity }];
    });
  }

  /** The rescue copy, once it is complete. */
  get rescueFile(): string | undefined {
    return this.rescued;
  }

  start(): void {
    this.repetition = repeat(LOOKS_EVERY_MILLIS, () => this.look());
  }

  /** Writes the rescue copy first if one is needed: after the server has stopped, the data is lost. */
  async stop(): Promise<void> {
    await this.repetition?.stop();
    this.nextRescueAt = 0;
    if (this.missing !== undefined) this.rescue();
    await this.rescuing;
  }

  /** Call it before each transaction. @throws DatabaseFileGone while a file is known to be missing */
  refuseWhileMissing(): void {
    if (this.missing !== undefined) this.assertPresent();
  }

  /**
   * Call it before each commit. Checks only the database file, in about 4 µs; the other files are checked every second.
   *
   * @throws DatabaseFileGone
   */
  assertPresent(): void {
    const checked = this.missing === undefined ? this.files.slice(0, 1) : this.files;
    const found = checked.map(({ path }) => statSync(path, { bigint: true, throwIfNoEntry: false }));
    this.judge(checked, found);
    if (this.missing !== undefined)
      throw new DatabaseFileGone(`${this.missing} was deleted, moved or replaced while the server has it open`);
  }

  private async look(): Promise<void> {
    const found = await Promise.all(this.files.map(({ path }) => stat(path, { bigint: true }).catch(() => undefined)));
    this.judge(this.files, found);
    // A copy during a transaction would contain changes that are not committed.
    if (this.missing !== undefined && !this.connection.inTransaction) this.rescue();
  }

  private judge(checked: readonly Watched[], found: readonly (BigIntStats | undefined)[]): void {
    const missing = checked.find(({ identity }, index) => identityOf(found[index]) !== identity)?.path;
    if (missing === undefined && this.missing !== undefined && checked.length === this.files.length) {
      this.missing = undefined;
      this.rescued = undefined;
      this.logger.log('The files of the database are back: writes go on');
    }
    if (missing === undefined || this.missing !== undefined) return;
    this.missing = missing;
    this.rescued = undefined;
    this.nextRescueAt = 0;
    this.logger.error(
      `${missing} was deleted, moved or replaced while the server has it open. Nothing more is stored; reads go on. Do not stop the server before the rescue copy is written`,
    );
    // Runs outside the caller's transaction.
    setImmediate(() => this.rescue());
  }

  private rescue(): void {
    if (this.rescued !== undefined || this.rescuing || performance.now() < this.nextRescueAt) return;
    this.nextRescueAt = performance.now() + NEXT_RESCUE_MILLIS;
    this.rescuing = this.writeCopy().finally(() => (this.rescuing = undefined));
  }

  private async writeCopy(): Promise<void> {
    const { name } = this.connection;
    for (const path of rescuePaths(name)) {
      try {
        await writeRescueCopy(this.connection, path);
        this.rescued = path;
        this.logger.error(
          `All that was stored is in the rescue copy ${path}. Stop the server, move other files of the name ${name} away, rename the copy to ${name}, and start again`,
        );
        return;
      } catch (cause) {
        this.logger.error(`The rescue copy ${path} could not be written: ${(cause as Error).message}`);
      }
    }
  }
}

function identityOf(found: BigIntStats | undefined): string | undefined {
  return found && `${found.dev}:${found.ino}`;
}
