import { Column, Entity, PrimaryColumn, type ColumnOptions } from 'typeorm';

const slot = (name: string): ColumnOptions => ({ name, type: 'double precision', nullable: true });

/**
 * A point: what a source said at a moment, under some metadata. The three together are what it is known by.
 *
 * It refers to its source by number and has no foreign key, so that deleting a source of millions blocks nobody. Numbers and
 * booleans (as 1 and 0) have a column each, as the source's schema says; the rest is JSON by slot.
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
