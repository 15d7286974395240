import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import { MetadataSweep } from './metadata-sweep';
import { lockSourceNumber, type StoredSource } from '../sources/source-rows';
import { MOST_REMOVED, PointStore, type Range } from './point-store';
import { SERVER_CALLER, RollupCompletion } from './rollup-completion';
import { AFTER_ALL_WINDOWS, POINTS_SLOT, ROLLUP_WINDOW_MILLIS } from './rollups';

const WINDOWS_PER_LOOK = 200;

const NEXT_WINDOWS = `SELECT quarter AS "rollupWindow", n FROM rollups WHERE source = ? AND slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ?
  ORDER BY quarter LIMIT ${WINDOWS_PER_LOOK}`;
const ANY = 'SELECT 1 FROM points WHERE source = ? AND at >= ? AND at < ? LIMIT 1';
const ALWAYS: RemovalGuard = () => Promise.resolve(true);
const REMOVE_TOTAL = 'DELETE FROM point_totals WHERE source = ?';

/** Checks in the transaction of each step, before the source is locked, whether points before a time may still be removed. */
export type RemovalGuard = (manager: EntityManager, before: number) => Promise<boolean>;

/** Removes points in small steps. Each step is a transaction that keeps rollups and totals consistent. */
@Injectable()
export class PointRemoval {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
    private readonly metadata: MetadataSweep,
    private readonly completion: RollupCompletion,
  ) {}

  /** Removes the points of a range, and returns their number. A step that the guard refuses removes nothing. */
  async remove(source: StoredSource, [from, to]: Range, mayRemove: RemovalGuard = ALWAYS): Promise<number> {
    const [first, last] = [Math.ceil(from / ROLLUP_WINDOW_MILLIS), Math.floor(to / ROLLUP_WINDOW_MILLIS)];
    if (first > last) return this.removeWithinWindow(source, [from, to], mayRemove);
    let removed = await this.removeWithinWindow(source, [from, first * ROLLUP_WINDOW_MILLIS], mayRemove);
    removed += await this.removeWindows(source, [first, last], mayRemove);
    return removed + (await this.removeWithinWindow(source, [last * ROLLUP_WINDOW_MILLIS, to], mayRemove));
  }

  /**
   * Removes all points, rollups, metadata and totals of a source.
   *
   * @param next called before each step; if it returns false, the rest is left for the next call
   */
  async removeAll(source: StoredSource, next: () => boolean = () => true): Promise<number> {
    const removed = await this.removeWindows(source, [0, Number.MAX_SAFE_INTEGER], () => Promise.resolve(next()));
    await this.metadata.removeAll(source.number, next);
    if (!next()) return removed;
    await this.writer.write((manager) => query(manager, REMOVE_TOTAL, [source.number]), { space: 'frees' });
    return removed;
  }

  private async removeWithinWindow(source: StoredSource, range: Range, mayRemove: RemovalGuard): Promise<number> {
    if (range[0] >= range[1]) return 0;
    // Avoids a write transaction for an empty range. Points stored after this check count as stored after the removal.
    if ((await query(this.dataSource.manager, ANY, [source.number, ...range])).length === 0) return 0;
    let removed = 0;
    let isPending = false;
    for (let isLast = false; !isLast;) {
      const step = await this.writer.write(
        async (manager) => {
          if (!(await mayRemove(manager, range[1]))) return undefined;
          await lockSourceNumber(manager, source.number);
          return this.store.removeWithinWindow(manager, source, range);
        },
        { space: 'frees' },
      );
      if (!step) break;
      removed += step.count;
      ({ isLast, isPending } = step);
    }
    if (isPending) void this.completion.complete(source.number, SERVER_CALLER);
    return removed;
  }

  private async removeWindows(
    source: StoredSource,
    [from, to]: readonly [number, number],
    mayRemove: RemovalGuard,
  ): Promise<number> {
    let removed = 0;
    const end = Math.min(to, AFTER_ALL_WINDOWS);
    for (let start = from; start < end;) {
      const { manager } = this.dataSource;
      const rollupWindows = await query<{ rollupWindow: number; n: number }>(manager, NEXT_WINDOWS, [
        source.number,
        start,
        end,
      ]);
      if (rollupWindows.length === 0) return removed;
      const [first] = rollupWindows;
      if (first && first.n > MOST_REMOVED) {
        const { rollupWindow } = first;
        const range: Range = [rollupWindow * ROLLUP_WINDOW_MILLIS, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS];
        removed += await this.removeWithinWindow(source, range, mayRemove);
        start = rollupWindow + 1;
        continue;
      }
      let points = 0;
      let next = start;
      for (const { rollupWindow, n } of rollupWindows) {
        if (points > 0 && points + n > MOST_REMOVED) break;
        points += n;
        next = rollupWindow + 1;
      }
      const step = await this.removeStep(source, [start, next], mayRemove);
      if (step === 'refused') return removed;
      removed += step;
      start = next;
    }
    return removed;
  }

  private removeStep(source: StoredSource, rollupWindows: Range, mayRemove: RemovalGuard): Promise<number | 'refused'> {
    return this.writer.write(
      async (manager) => {
        if (!(await mayRemove(manager, rollupWindows[1] * ROLLUP_WINDOW_MILLIS))) return 'refused';
        await lockSourceNumber(manager, source.number);
        return this.store.removeWindows(manager, source, rollupWindows);
      },
      { space: 'frees' },
    );
  }
}
