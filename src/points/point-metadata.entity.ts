import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Metadata that points of a source have, each once: points name it by its number. */
@Entity('point_metadata', { withoutRowid: true })
@Index('point_metadata_by_digest', ['source', 'digest'], { unique: true })
export class PointMetadata {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** From 1 on, within the source. A number is never given to another text. */
  @PrimaryColumn({ type: 'integer' })
  readonly number: number;

  /** Of the text, 128 bits in hex: a text of 2 KB makes a poor index. */
  @Column({ type: 'varchar', length: 32 })
  readonly digest: string;

  /** Canonical JSON. */
  @Column({ type: 'text' })
  readonly text: string;

  /** The line of keys that created it; null for Admin keys, imports, and what is older than this column. */
  @Column({ type: 'varchar', length: 24, nullable: true })
  readonly line: string | null;

  /** The last sweep, as `data_sources.metadata_version` names it, during which points were stored with it. */
  @Column({ type: 'integer', default: 0 })
  readonly seen: number;
}
