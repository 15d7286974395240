/**
 * Lets what is stored of a key be read only while none of it is being written: what was counted would else be seen twice,
 * here and in the database, or not at all.
 */
export class Turns {
  private writing: { readonly keyIds: ReadonlySet<string>; readonly done: Promise<unknown> } | undefined;
  private readonly reading = new Set<Promise<unknown>>();

  /** Reads of a key, as soon as it is not being written. */
  async read<T>(keyId: string, work: () => Promise<T>): Promise<T> {
    while (this.writing?.keyIds.has(keyId)) await this.writing.done;
    const reading = work();
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }

  /** Writes of some keys, once everybody has read what he began to. One call at a time. */
  async write(keyIds: readonly string[], work: () => Promise<void>): Promise<void> {
    const begun = [...this.reading];
    const done = Promise.allSettled(begun).then(work);
    this.writing = { keyIds: new Set(keyIds), done: done.catch(() => undefined) };
    try {
      await done;
    } finally {
      this.writing = undefined;
    }
  }
}
