import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import { MetadataSweep } from './metadata-sweep';
import { PointStore, type Range, type StoredSource } from './point-store';
import { AFTER_ALL_QUARTERS, POINTS_SLOT, QUARTER_MILLIS } from './rollups';

/** So many points are removed in some ten milliseconds, the commit included. */
const POINTS_PER_STEP = 2000;
const QUARTERS_PER_LOOK = 200;

const NEXT_QUARTERS = `SELECT quarter, n FROM rollups WHERE source = ? AND slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ?
  ORDER BY quarter LIMIT ${QUARTERS_PER_LOOK}`;
const ALWAYS: RemovalGuard = () => Promise.resolve(true);
const REMOVE_TOTAL = 'DELETE FROM point_totals WHERE source = ?';

/** Asked in each step's transaction, before its source is held: whether the points before a time may still be removed. */
export type RemovalGuard = (manager: EntityManager, before: number) => Promise<boolean>;

/** Removes points in small steps, each a transaction that leaves everything as it should be. */
@Injectable()
export class PointRemoval {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
    private readonly metadata: MetadataSweep,
  ) {}

  /** Removes the points of a range, and says how many they were. A step that the guard refuses removes nothing. */
  async remove(source: StoredSource, [from, to]: Range, mayRemove: RemovalGuard = ALWAYS): Promise<number> {
    const [first, last] = [Math.ceil(from / QUARTER_MILLIS), Math.floor(to / QUARTER_MILLIS)];
    if (first > last) return this.removeWithinQuarter(source, [from, to], mayRemove);
    let removed = await this.removeWithinQuarter(source, [from, first * QUARTER_MILLIS], mayRemove);
    removed += await this.removeQuarters(source, [first, last], mayRemove);
    return removed + (await this.removeWithinQuarter(source, [last * QUARTER_MILLIS, to], mayRemove));
  }

  /** Removes all that is kept of a source. */
  async removeAll(source: StoredSource): Promise<number> {
    const removed = await this.removeQuarters(source, [0, Number.MAX_SAFE_INTEGER], ALWAYS);
    await this.metadata.removeAll(source.number);
    await this.writer.write((manager) => query(manager, REMOVE_TOTAL, [source.number]), { space: 'frees' });
    return removed;
  }

  private removeWithinQuarter(source: StoredSource, range: Range, mayRemove: RemovalGuard): Promise<number> {
    if (range[0] >= range[1]) return Promise.resolve(0);
    return this.writer.write(
      async (manager) => {
        if (!(await mayRemove(manager, range[1]))) return 0;
        await this.store.hold(manager, source);
        return this.store.removeWithinQuarter(manager, source, range);
      },
      { space: 'frees' },
    );
  }

  private async removeQuarters(
    source: StoredSource,
    [from, to]: readonly [number, number],
    mayRemove: RemovalGuard,
  ): Promise<number> {
    let removed = 0;
    const end = Math.min(to, AFTER_ALL_QUARTERS);
    for (let start = from; start < end;) {
      const { manager } = this.dataSource;
      const quarters = await query<{ quarter: number; n: number }>(manager, NEXT_QUARTERS, [source.number, start, end]);
      if (quarters.length === 0) return removed;
      let points = 0;
      let next = start;
      for (const { quarter, n } of quarters) {
        if (points > 0 && points + n > POINTS_PER_STEP) break;
        points += n;
        next = quarter + 1;
      }
      removed += await this.removeStep(source, [start, next], mayRemove);
      start = next;
    }
    return removed;
  }

  private removeStep(source: StoredSource, quarters: Range, mayRemove: RemovalGuard): Promise<number> {
    return this.writer.write(
      async (manager) => {
        if (!(await mayRemove(manager, quarters[1] * QUARTER_MILLIS))) return 0;
        await this.store.hold(manager, source);
        return this.store.removeQuarters(manager, source, quarters);
      },
      { space: 'frees' },
    );
  }
}
