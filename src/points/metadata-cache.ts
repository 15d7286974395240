/** As many texts are kept, so that the usual batch asks the database for none. */
export const MOST_CACHED_TEXTS = 20_000;
/** A text may have two thousand characters. */
export const MOST_CACHED_CHARACTERS = 4_000_000;

interface CachedSource {
  readonly generation: number;
  readonly texts: Map<string, number>;
}

/**
 * Numbers of metadata texts by source, of what is committed only. They are dropped once a sweep for unused metadata begins:
 * a number may be removed by one, on any instance of the server.
 */
export class MetadataCache {
  private sources = new Map<number, CachedSource>();
  private texts = 0;
  private characters = 0;

  get size(): number {
    return this.texts;
  }

  /** What is known of a source that is held, by its `metadata_version`. */
  of(source: number, version: number): ReadonlyMap<string, number> | undefined {
    const cached = this.sources.get(source);
    return cached?.generation === generationOf(version) ? cached.texts : undefined;
  }

  /** Adds what a transaction has read or stored, once it is committed. */
  add(source: number, version: number, numbers: ReadonlyMap<string, number>): void {
    const generation = generationOf(version);
    let cached = this.sources.get(source);
    if (cached && cached.generation > generation) return;
    if (cached?.generation !== generation) cached = this.begin(source, generation);
    for (const [text, number] of numbers) {
      if (cached.texts.has(text)) continue;
      if (this.texts >= MOST_CACHED_TEXTS || this.characters + text.length > MOST_CACHED_CHARACTERS) {
        this.clear();
        cached = this.begin(source, generation);
      }
      cached.texts.set(text, number);
      this.texts += 1;
      this.characters += text.length;
    }
  }

  private begin(source: number, generation: number): CachedSource {
    for (const text of this.sources.get(source)?.texts.keys() ?? []) {
      this.texts -= 1;
      this.characters -= text.length;
    }
    const cached = { generation, texts: new Map<string, number>() };
    this.sources.set(source, cached);
    return cached;
  }

  private clear(): void {
    this.sources = new Map();
    this.texts = 0;
    this.characters = 0;
  }
}

/** The same from the beginning of a sweep to the beginning of the next: what is read meanwhile is kept by the sweep. */
function generationOf(version: number): number {
  return Math.ceil(version / 2);
}

export function isSweeping(version: number): boolean {
  return version % 2 === 1;
}
