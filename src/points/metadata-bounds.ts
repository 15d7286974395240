import type { Config } from '../common/config/config';
import { sentenceOf, type Refusal } from '../common/errors';
import type { LockedCount, LockedCounts } from './metadata-counts';
import type { NewText } from './metadata-rows';
import { METADATA_FULL_BUCKET, METADATA_FULL_KEY, METADATA_FULL_SOURCE } from './points.errors';

/** The limits on distinct metadata texts. */
export type MetadataBounds = Pick<Config, 'metadataPerSource' | 'metadataPerBucket' | 'metadataKeyShare'>;

/** A source as read by the transaction that has locked it. */
export interface MetadataSource {
  readonly id: string;
  readonly number: number;
  readonly bucketId: string;
  readonly metadataCount: number;
  readonly nextMetadata: number;
  readonly metadataVersion: number;
  readonly metadataStamp: number;
}

/** A log warning that distinct metadata is close to a limit. */
export interface BoundWarning {
  /** What the limit applies to: `Data source 65a5…`. */
  readonly subject: string;
  readonly count: number;
  readonly most: number;
  readonly setting: string;
}

const WARN_FROM_SHARE = 0.8;
/** Numbers are `integer` columns. */
const LARGEST_NUMBER = 2_147_483_647;

/** The maximum number of texts that one rotation line may create in a bucket, at least one. */
export function maxOfLine({ metadataPerBucket, metadataKeyShare }: MetadataBounds): number {
  return Math.max(1, Math.floor((metadataPerBucket * metadataKeyShare) / 100));
}

/** Assigns numbers to new texts within one transaction, up to the limits of the source, the bucket and the rotation line. */
export class MetadataLedger {
  private readonly texts = new Map<number, Map<string, NewText>>();

  constructor(
    private readonly bounds: MetadataBounds,
    private readonly counts: LockedCounts,
  ) {}

  /** The number that this transaction has assigned to a new text. */
  find(source: MetadataSource, text: string): number | undefined {
    return this.texts.get(source.number)?.get(text)?.number;
  }

  /** Assigns a number to a text. Returns an error sentence if a limit is reached. */
  add(source: MetadataSource, text: string, line: string | null): number | string {
    const texts = this.texts.get(source.number) ?? new Map<string, NewText>();
    const number = source.nextMetadata + texts.size;
    const ofSource = this.bounds.metadataPerSource;
    if (source.metadataCount + texts.size >= ofSource || number > LARGEST_NUMBER)
      return full(METADATA_FULL_SOURCE, ofSource);
    const counts = this.countsOf(source, line);
    for (const count of counts)
      if (count.now >= this.maxOf(count)) return full(this.refusalOf(count), this.maxOf(count));
    for (const count of counts) count.added += 1;
    this.texts.set(source.number, texts.set(text, { number, text, line }));
    return number;
  }

  /** Removes a text. Texts must be removed in reverse order of `add`, so that numbers stay consecutive. */
  undo(source: MetadataSource, text: string): void {
    const texts = this.texts.get(source.number);
    const added = texts?.get(text);
    if (!texts || !added) return;
    texts.delete(text);
    for (const count of this.countsOf(source, added.line)) count.added -= 1;
  }

  /** How many more texts a source may get from a line. */
  roomOf(source: MetadataSource, line: string | null): number {
    const added = this.texts.get(source.number)?.size ?? 0;
    const ofCounts = this.countsOf(source, line).map((count) => this.maxOf(count) - count.now);
    return Math.min(this.bounds.metadataPerSource - source.metadataCount - added, ...ofCounts);
  }

  newTextsOf(source: MetadataSource): NewText[] {
    return [...(this.texts.get(source.number)?.values() ?? [])];
  }

  /** Warnings for counts that have grown in this transaction and are close to their limit. */
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
      grown.push({ subject, count: count.now, most: this.maxOf(count), setting });
    }
    return grown.filter(({ count, most }) => count >= most * WARN_FROM_SHARE);
  }

  private countsOf({ bucketId }: MetadataSource, line: string | null): LockedCount[] {
    const whole = this.counts.of(bucketId, '');
    return line === null ? [whole] : [this.counts.of(bucketId, line), whole];
  }

  private maxOf({ scope }: LockedCount): number {
    return scope.line === '' ? this.bounds.metadataPerBucket : maxOfLine(this.bounds);
  }

  private refusalOf({ scope }: LockedCount): Refusal {
    return scope.line === '' ? METADATA_FULL_BUCKET : METADATA_FULL_KEY;
  }
}

function full(said: Refusal, most: number): string {
  return sentenceOf(said, { most: String(most) });
}
