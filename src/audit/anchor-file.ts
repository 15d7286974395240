import { open, readFile, rename, rm } from 'node:fs/promises';

/** Above this size the file is rewritten to its last line. */
export const MAX_ANCHOR_FILE_BYTES = 16_384;

/** A file of anchors. Lines are appended; before the file grows large, it is rewritten to its last line. */
export class AnchorFile {
  constructor(readonly path: string) {}

  /** Returns its text, or an empty text if the file does not exist. */
  async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw cause;
    }
  }

  /** Appends a line. It is on disk once this resolves. */
  async add(line: string): Promise<void> {
    const file = await open(this.path, 'a', 0o600);
    try {
      const { size } = await file.stat();
      if (size < MAX_ANCHOR_FILE_BYTES) {
        await file.appendFile(`${line}\n`);
        await file.datasync();
        return;
      }
    } finally {
      await file.close();
    }
    await this.replace(line);
  }

  /** Replaces the file atomically. */
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
