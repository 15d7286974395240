/** Large enough that a typical batch needs no lookup in the database. */
export const MAX_CACHED_TEXTS = 20_000;
/** Limits memory: a text may have 2,000 characters. */
export const MAX_CACHED_CHARACTERS = 4_000_000;

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
 * The numbers of committed metadata texts, by source. They are valid while the source's row has the stamp under which they were
 * read. Each transaction that assigns numbers, and each sweep of unused metadata, sets a new random stamp, on any instance of the
 * server. After a restore or a lossy failover, the stamp in the row differs from the stamp of lost commits in a cache.
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

  /** Whether a number of this text was cached, whatever the stamp of the source is now. */
  hasProbably(source: number, text: string): boolean {
    return this.sources.get(source)?.texts.has(text) === true;
  }

  /** Adds the numbers that a committed transaction has read or stored. `stamps` are those before and after the transaction. */
  add(source: number, { found, left }: Stamps, numbers: ReadonlyMap<string, number>): void {
    let cached = this.sources.get(source);
    if (cached?.stamp !== found) cached = this.begin(source, left);
    cached.stamp = left;
    for (const [text, number] of numbers) {
      if (cached.texts.has(text)) continue;
      if (this.texts >= MAX_CACHED_TEXTS || this.characters + text.length > MAX_CACHED_CHARACTERS) {
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
