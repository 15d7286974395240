import { watched } from '../../database/watched';

/** The time limit of a read. Without it, a read that hangs would block writes forever. */
const LONGEST_READ_MILLIS = 15_000;

/**
 * Keeps the usage of a key from being read while it is being written. Otherwise a count could be seen twice, in memory and in the
 * database, or not at all.
 */
export class KeyLock {
  private writing: { readonly ids: ReadonlySet<string>; readonly done: Promise<unknown> } | undefined;
  private readonly reading = new Set<Promise<unknown>>();

  /** Runs a read of keys or rotation lines, as soon as none of them is being written. */
  async read<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    for (let writing = this.writing; writing && ids.some((id) => writing?.ids.has(id)); writing = this.writing)
      await writing.done;
    const reading = watched({ stallMillis: LONGEST_READ_MILLIS }, work);
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }

  /** Runs a write of keys and lines, once the reads in progress have ended. Only one call at a time. */
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
