import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Metadata that points of a source have, each once: points name it by its number. */
@Entity('point_metadata', { withoutRowid: true })
@Index('point_metadata_by_digest', ['source', 'digest'], { unique: true })
export class PointMetadata {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** From 1 on, within the source. */
  @PrimaryColumn({ type: 'integer' })
  readonly number: number;

  /** Of the text, 128 bits in hex: a text of 2 KB makes a poor index. */
  @Column({ type: 'varchar', length: 32 })
  readonly digest: string;

  /** Canonical JSON. */
  @Column({ type: 'text' })
  readonly text: string;
}
