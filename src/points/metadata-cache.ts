/** As many texts are kept, so that the usual batch asks the database for none. */
export const MOST_CACHED_TEXTS = 20_000;
/** A text may have two thousand characters. */
export const MOST_CACHED_CHARACTERS = 4_000_000;

/** The stamps of a source's row before and after a transaction. */
export interface Stamps {
  readonly found: number;
  readonly left: number;
}

interface CachedSource {
  /** `data_sources.metadata_stamp` as of these numbers. */
  stamp: number;
  readonly texts: Map<string, number>;
}

/**
 * Numbers of metadata texts by source, of what is committed only. They are valid as long as the source's row has the stamp that
 * they were read under. Each transaction that gives numbers, and each sweep for unused metadata, replaces the stamp by a random
 * one, on any instance of the server. After a restore or a lossy fail-over the row has another stamp than a cache of lost commits.
 */
export class MetadataCache {
  private sources = new Map<number, CachedSource>();
  private texts = 0;
  private characters = 0;

  get size(): number {
    return this.texts;
  }

  /** The cached numbers of a source whose row has this stamp in the current transaction. */
  of(source: number, stamp: number): ReadonlyMap<string, number> | undefined {
    const cached = this.sources.get(source);
    return cached?.stamp === stamp ? cached.texts : undefined;
  }

  /** Adds what a transaction has read or stored, once it is committed: it found one stamp and left another, or the same. */
  add(source: number, { found, left }: Stamps, numbers: ReadonlyMap<string, number>): void {
    let cached = this.sources.get(source);
    if (cached?.stamp !== found) cached = this.begin(source, left);
    cached.stamp = left;
    for (const [text, number] of numbers) {
      if (cached.texts.has(text)) continue;
      if (this.texts >= MOST_CACHED_TEXTS || this.characters + text.length > MOST_CACHED_CHARACTERS) {
        this.clear();
        cached = this.begin(source, left);
      }
      cached.texts.set(text, number);
      this.texts += 1;
      this.characters += text.length;
    }
  }

  clear(): void {
    this.sources = new Map();
    this.texts = 0;
    this.characters = 0;
  }

  private begin(source: number, stamp: number): CachedSource {
    for (const text of this.sources.get(source)?.texts.keys() ?? []) {
      this.texts -= 1;
      this.characters -= text.length;
    }
    const cached = { stamp, texts: new Map<string, number>() };
    this.sources.set(source, cached);
    return cached;
  }
}
