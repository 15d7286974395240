import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { databaseFailureOf } from '../common/database-failure';

const BLOCK_BYTES = 1024 * 1024;
/** Free space that must be there for the file to be made, as a multiple of its size: it must not fill the disk by itself. */
const ROOM_FACTOR = 1.5;
/** A quota shows only when the file is written, which is not tried all the time. */
const PAUSE_AFTER_FAILURE_MILLIS = 60_000;

/** A file beside the database that occupies space, so that there is some to give back when the disk is full. */
export class ReserveFile {
  readonly path: string;
  private notBefore = -Infinity;

  constructor(
    database: string,
    private readonly bytes: number,
  ) {
    this.path = `${database}.reserve`;
  }

  /** Bytes that must be free on the disk for the file to be made. */
  get neededBytes(): number {
    return this.bytes * ROOM_FACTOR;
  }

  async exists(): Promise<boolean> {
    const size = await stat(this.path).then(
      (found) => found.size,
      () => 0,
    );
    return size >= this.bytes;
  }

  /**
   * Makes the file, unless it is there.
   *
   * @returns false where the disk or a quota has no room for it
   * @throws an error of the file system where the folder cannot be written
   */
  async make(): Promise<boolean> {
    if (await this.exists()) return true;
    const { bavail, blocks, bsize } = await statfs(dirname(this.path));
    // Some network file systems do not tell.
    if (blocks > 0 && bavail * bsize < this.neededBytes) return false;
    if (performance.now() < this.notBefore) return false;
    const unfinished = `${this.path}.new`;
    try {
      await this.fill(unfinished);
      await rename(unfinished, this.path);
      return true;
    } catch (cause) {
      // Another server on the same file was faster.
      if (await this.exists()) return true;
      await rm(unfinished, { force: true });
      this.notBefore = performance.now() + PAUSE_AFTER_FAILURE_MILLIS;
      if (databaseFailureOf(cause) === 'full') return false;
      throw cause;
    }
  }

  /** Gives its space back to the disk at once. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  private async fill(path: string): Promise<void> {
    // Random, since some file systems compress what they store.
    const block = randomBytes(Math.min(BLOCK_BYTES, this.bytes));
    const file = await open(path, 'w', 0o600);
    try {
      for (let left = this.bytes; left > 0; left -= block.length)
        await file.writeFile(block.subarray(0, Math.min(left, block.length)));
      // Some file systems assign space only now.
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
