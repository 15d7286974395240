import { open, readFile, rename, rm } from 'node:fs/promises';

/** Above this size the file is rewritten to its last line. */
export const MOST_ANCHOR_FILE_BYTES = 16_384;

/** A file of anchors: lines are added, and it is cut back to the last one before it grows large. */
export class AnchorFile {
  constructor(readonly path: string) {}

  /** Its text; empty where there is no such file. */
  async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw cause;
    }
  }

  /** Adds a line. It is on disk when the promise resolves. */
  async add(line: string): Promise<void> {
    const file = await open(this.path, 'a', 0o600);
    try {
      const { size } = await file.stat();
      if (size < MOST_ANCHOR_FILE_BYTES) {
        await file.appendFile(`${line}\n`);
        await file.datasync();
        return;
      }
    } finally {
      await file.close();
    }
    await this.replace(line);
  }

  /** A whole file takes the place of the old one, or none does. */
  private async replace(line: string): Promise<void> {
    const draft = `${this.path}.${process.pid}`;
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${line}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, this.path);
  }
}
