import type { Config } from '../common/config/config';
import { sentenceOf, type Refusal } from '../common/errors';
import type { HeldCount, HeldCounts } from './metadata-counts';
import type { NewText } from './metadata-rows';
import { METADATA_FULL_BUCKET, METADATA_FULL_KEY, METADATA_FULL_SOURCE } from './points.errors';

/** How many distinct metadata texts may be stored. */
export type MetadataBounds = Pick<Config, 'metadataPerSource' | 'metadataPerBucket' | 'metadataKeyShare'>;

/** A source as the transaction that holds it has read it. */
export interface MetadataSource {
  readonly id: string;
  readonly number: number;
  readonly bucketId: string;
  readonly metadataCount: number;
  readonly nextMetadata: number;
  readonly metadataVersion: number;
  readonly metadataStamp: number;
}

/** Metadata has nearly reached a bound, for the log. */
export interface BoundWarning {
  /** What the bound is of: `Data source 65a5…`. */
  readonly subject: string;
  readonly count: number;
  readonly most: number;
  readonly setting: string;
}

const WARN_FROM_SHARE = 0.8;
/** Numbers are `integer` columns. */
const LARGEST_NUMBER = 2_147_483_647;

/** As many texts as one line of keys may create in a bucket, at least one. */
export function mostOfLine({ metadataPerBucket, metadataKeyShare }: MetadataBounds): number {
  return Math.max(1, Math.floor((metadataPerBucket * metadataKeyShare) / 100));
}

/** Gives numbers to new texts within one transaction, as far as the bounds of source, bucket and line of keys allow. */
export class MetadataLedger {
  private readonly texts = new Map<number, Map<string, NewText>>();

  constructor(
    private readonly bounds: MetadataBounds,
    private readonly counts: HeldCounts,
  ) {}

  /** A new text's number where this transaction has given it one. */
  find(source: MetadataSource, text: string): number | undefined {
    return this.texts.get(source.number)?.get(text)?.number;
  }

  /** Gives a text its number, or says by a sentence which bound is reached. */
  add(source: MetadataSource, text: string, line: string | null): number | string {
    const texts = this.texts.get(source.number) ?? new Map<string, NewText>();
    const number = source.nextMetadata + texts.size;
    const ofSource = this.bounds.metadataPerSource;
    if (source.metadataCount + texts.size >= ofSource || number > LARGEST_NUMBER)
      return full(METADATA_FULL_SOURCE, ofSource);
    const counts = this.countsOf(source, line);
    for (const count of counts)
      if (count.now >= this.mostOf(count)) return full(this.refusalOf(count), this.mostOf(count));
    for (const count of counts) count.added += 1;
    this.texts.set(source.number, texts.set(text, { number, text, line }));
    return number;
  }

  /** Takes back the texts that were added last, which nothing else may have been given after. */
  undo(source: MetadataSource, text: string): void {
    const texts = this.texts.get(source.number);
    const added = texts?.get(text);
    if (!texts || !added) return;
    texts.delete(text);
    for (const count of this.countsOf(source, added.line)) count.added -= 1;
  }

  newTextsOf(source: MetadataSource): NewText[] {
    return [...(this.texts.get(source.number)?.values() ?? [])];
  }

  /** What is near its bound and has grown in this transaction. */
  warnings(sources: Iterable<MetadataSource>): BoundWarning[] {
    const grown = [...sources].flatMap((source) => {
      const added = this.texts.get(source.number)?.size ?? 0;
      const subject = `Data source ${source.id}`;
      const [count, most] = [source.metadataCount + added, this.bounds.metadataPerSource];
      return added > 0 ? [{ subject, count, most, setting: 'DAKKIO_METADATA_PER_SOURCE' }] : [];
    });
    for (const count of this.counts) {
      if (count.added <= 0) continue;
      const { bucketId, line } = count.scope;
      const subject = line === '' ? `Bucket ${bucketId}` : `API key ${line} in bucket ${bucketId}`;
      const setting = line === '' ? 'DAKKIO_METADATA_PER_BUCKET' : 'DAKKIO_METADATA_KEY_SHARE';
      grown.push({ subject, count: count.now, most: this.mostOf(count), setting });
    }
    return grown.filter(({ count, most }) => count >= most * WARN_FROM_SHARE);
  }

  private countsOf({ bucketId }: MetadataSource, line: string | null): HeldCount[] {
    const whole = this.counts.of(bucketId, '');
    return line === null ? [whole] : [this.counts.of(bucketId, line), whole];
  }

  private mostOf({ scope }: HeldCount): number {
    return scope.line === '' ? this.bounds.metadataPerBucket : mostOfLine(this.bounds);
  }

  private refusalOf({ scope }: HeldCount): Refusal {
    return scope.line === '' ? METADATA_FULL_BUCKET : METADATA_FULL_KEY;
  }
}

function full(said: Refusal, most: number): string {
  return sentenceOf(said, { most: String(most) });
}
