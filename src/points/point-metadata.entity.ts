import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A distinct metadata text of a source. Points reference it by number. */
@Entity('point_metadata', { withoutRowid: true })
@Index('point_metadata_by_digest', ['source', 'digest'], { unique: true })
export class PointMetadata {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** Unique within the source, starting at 1. Numbers are not reused for other texts. */
  @PrimaryColumn({ type: 'integer' })
  readonly number: number;

  /** 128 bits of the hash of the text in hex. It is indexed instead of the text, which may have 2 KB. */
  @Column({ type: 'varchar', length: 32 })
  readonly digest: string;

  /** Canonical JSON. */
  @Column({ type: 'text' })
  readonly text: string;

  /** The rotation line that created it; null for Admin keys, imports, and rows older than this column. */
  @Column({ type: 'varchar', length: 24, nullable: true })
  readonly line: string | null;

  /** The `data_sources.metadata_version` of the last sweep during which points were stored with it. */
  @Column({ type: 'integer', default: 0 })
  readonly seen: number;
}
