import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A tag of a series. */
@Entity('series_tags')
export class SeriesTag {
  /** The number of the data source. */
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  @PrimaryColumn({ type: 'text' })
  readonly name: string;

  @Column({ type: 'text' })
  readonly value: string;
}
