import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { databaseFailureOf } from '../common/database-failure';

const BLOCK_BYTES = 1024 * 1024;
/** Free space required to create the file, as a multiple of its size, so that the file itself does not fill the disk. */
const ROOM_FACTOR = 1.5;
/** A quota is found only by writing the file, so attempts are limited. */
const PAUSE_AFTER_FAILURE_MILLIS = 60_000;

/** A file next to the database that reserves space, which is freed when the disk is full. */
export class ReserveFile {
  readonly path: string;
  private notBefore = -Infinity;

  constructor(
    database: string,
    private readonly bytes: number,
  ) {
    this.path = `${database}.reserve`;
  }

  /** Free bytes required to create the file. */
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
   * Creates the file unless it exists.
   *
   * @returns false if the disk or a quota has no room for it
   * @throws an error of the file system if the folder is not writable
   */
  async make(): Promise<boolean> {
    if (await this.exists()) return true;
    const { bavail, blocks, bsize } = await statfs(dirname(this.path));
    // Some network file systems report zero blocks.
    if (blocks > 0 && bavail * bsize < this.neededBytes) return false;
    if (performance.now() < this.notBefore) return false;
    const unfinished = `${this.path}.new`;
    try {
      await this.fill(unfinished);
      await rename(unfinished, this.path);
      return true;
    } catch (cause) {
      // Another server on the same file may have created it.
      if (await this.exists()) return true;
      await rm(unfinished, { force: true });
      this.notBefore = performance.now() + PAUSE_AFTER_FAILURE_MILLIS;
      if (databaseFailureOf(cause) === 'full') return false;
      throw cause;
    }
  }

  /** Frees the space at once. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  private async fill(path: string): Promise<void> {
    // Random, because some file systems compress data.
    const block = randomBytes(Math.min(BLOCK_BYTES, this.bytes));
    const file = await open(path, 'w', 0o600);
    try {
      for (let left = this.bytes; left > 0; left -= block.length)
        await file.writeFile(block.subarray(0, Math.min(left, block.length)));
      // Some file systems allocate space only here.
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
