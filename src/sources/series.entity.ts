import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The data source of a measurement with its tags, which line protocol creates. */
@Entity('series')
export class SeriesRow {
  @PrimaryColumn({ name: 'bucket_id', type: 'varchar', length: 24 })
  readonly bucketId: string;

  /** Of measurement and tags, see `hashOf`. */
  @PrimaryColumn({ type: 'varchar', length: 22 })
  readonly hash: string;

  /** The number of the data source. */
  @Index('series_by_source', { unique: true })
  @Column({ type: 'integer' })
  readonly source: number;

  @Column({ type: 'text' })
  readonly measurement: string;
}
