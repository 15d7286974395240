import { watched } from '../../database/watched';

/** A read that hangs would keep the keys that it reads from being written for ever. */
const LONGEST_READ_MILLIS = 15_000;

/**
 * Lets what is stored of a key be read only while none of it is being written: what was counted would else be seen twice,
 * here and in the database, or not at all.
 */
export class KeyLock {
  private writing: { readonly ids: ReadonlySet<string>; readonly done: Promise<unknown> } | undefined;
  private readonly reading = new Set<Promise<unknown>>();

  /** Reads of a key or a line, as soon as it is not being written. */
  async read<T>(id: string, work: () => Promise<T>): Promise<T> {
    while (this.writing?.ids.has(id)) await this.writing.done;
    const reading = watched({ stallMillis: LONGEST_READ_MILLIS }, work);
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }

  /** Writes of some keys and lines, once everybody has read what he began to. One call at a time. */
  async write(ids: readonly string[], work: () => Promise<void>): Promise<void> {
    const begun = [...this.reading];
    const done = Promise.allSettled(begun).then(work);
    this.writing = { ids: new Set(ids), done: done.catch(() => undefined) };
    try {
      await done;
    } finally {
      this.writing = undefined;
    }
  }
}
