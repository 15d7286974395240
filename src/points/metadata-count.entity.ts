import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The number of distinct metadata texts of a bucket, in total and by the rotation line that created them. */
@Entity('metadata_counts')
export class MetadataCount {
  @PrimaryColumn({ name: 'bucket_id', type: 'varchar', length: 24 })
  readonly bucketId: string;

  /** The rotation line; empty for the total of the bucket. */
  @PrimaryColumn({ type: 'varchar', length: 24 })
  readonly line: string;

  @Column({ type: 'integer' })
  readonly count: number;
}
