import { Column, Entity, PrimaryColumn, type ColumnOptions } from 'typeorm';

const number = (name: string): ColumnOptions => ({ name, type: 'double precision', nullable: true });
const millis = (name: string): ColumnOptions => ({ name, type: 'bigint' });

/**
 * The aggregates of one field in one rollup window. A rollup window has 15 minutes: the longest window that divides the hours and
 * days of all current time zones. Slot -1 counts the points.
 */
@Entity('rollups', { withoutRowid: true })
export class Rollup {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  @PrimaryColumn({ type: 'integer' })
  readonly slot: number;

  /** The rollup window, counted from 1970. */
  @PrimaryColumn({ name: 'quarter', type: 'integer' })
  readonly rollupWindow: number;

  @Column({ type: 'integer' })
  readonly n: number;

  @Column(number('sum'))
  readonly sum: number | null;

  /** The rounding error of the sum, null for 0. If the sum is infinite, the sum in units of 2^64. */
  @Column(number('sum_low'))
  readonly sumLow: number | null;

  /** The sum of squared distances from the mean. */
  @Column(number('m2'))
  readonly m2: number | null;

  @Column(number('min'))
  readonly min: number | null;

  @Column(number('max'))
  readonly max: number | null;

  /** The time, metadata number and value of the first value. Texts are in `first_text`. */
  @Column(millis('first_at'))
  readonly firstAt: number;

  @Column({ name: 'first_meta', type: 'integer' })
  readonly firstMeta: number;

  @Column(number('first'))
  readonly first: number | null;

  @Column({ name: 'first_text', type: 'text', nullable: true })
  readonly firstText: string | null;

  @Column(millis('last_at'))
  readonly lastAt: number;

  @Column({ name: 'last_meta', type: 'integer' })
  readonly lastMeta: number;

  @Column(number('last'))
  readonly last: number | null;

  @Column({ name: 'last_text', type: 'text', nullable: true })
  readonly lastText: string | null;
}
