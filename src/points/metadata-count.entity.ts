import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many distinct metadata texts a bucket has, in all and by the line of keys that created them. */
@Entity('metadata_counts')
export class MetadataCount {
  @PrimaryColumn({ name: 'bucket_id', type: 'varchar', length: 24 })
  readonly bucketId: string;

  /** Empty for the whole bucket. */
  @PrimaryColumn({ type: 'varchar', length: 24 })
  readonly line: string;

  @Column({ type: 'integer' })
  readonly count: number;
}
