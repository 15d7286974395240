import { Column, Entity, PrimaryColumn, type ColumnOptions } from 'typeorm';

const slot = (name: string): ColumnOptions => ({ name, type: 'double precision', nullable: true });

/**
 * A point of a source. Its identity is source, time and metadata.
 *
 * It references its source by number without a foreign key, so that deleting a source with millions of points does not block
 * other requests. The first numbers and booleans (as 1 and 0) of the schema have a column each; the other values are JSON by slot.
 */
@Entity('points', { withoutRowid: true })
export class Point {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** Milliseconds since 1970. */
  @PrimaryColumn({ type: 'bigint' })
  readonly at: number;

  /** The metadata's number within the source; 0 for none. */
  @PrimaryColumn({ type: 'integer' })
  readonly meta: number;

  @Column(slot('v0'))
  readonly v0: number | null;

  @Column(slot('v1'))
  readonly v1: number | null;

  @Column(slot('v2'))
  readonly v2: number | null;

  @Column(slot('v3'))
  readonly v3: number | null;

  @Column(slot('v4'))
  readonly v4: number | null;

  @Column(slot('v5'))
  readonly v5: number | null;

  @Column({ type: 'text', nullable: true })
  readonly rest: string | null;
}
