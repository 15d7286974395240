import { LruMap } from '../common/lru-map';

/** Limits memory, for texts of up to 2,000 characters. */
export const MAX_ABSENT_CHARACTERS = 4_000_000;

interface Absent {
  readonly stamp: number;
  readonly texts: ReadonlySet<string>;
  readonly characters: number;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Metadata texts that a data source did not have when they were looked up, by source. A request that stores its new metadata in several
 * transactions looks them up once. They are valid while the source's row has the stamp of that transaction.
 */
export class AbsentMetadata {
  private readonly sources = new LruMap<number, Absent>(MAX_ABSENT_CHARACTERS, ({ characters }) => characters);

  /** The texts that a source does not have if its row has this stamp. */
  of(source: number, stamp: number): ReadonlySet<string> {
    const absent = this.sources.get(source);
    return absent?.stamp === stamp ? absent.texts : NONE;
  }

  /** Replaces what is known of a source, after a transaction that left this stamp. */
  set(source: number, stamp: number, texts: ReadonlySet<string>): void {
    let characters = 1;
    for (const text of texts) characters += text.length;
    this.sources.set(source, { stamp, texts, characters });
  }

  clear(): void {
    this.sources.clear();
  }
}
