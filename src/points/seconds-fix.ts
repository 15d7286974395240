import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LEAST_EPOCH_MILLIS } from '../common/times';
import { COLUMN_SLOTS, type Schema } from '../sources/schema';
import { findActiveSource, lockSourceNumber } from '../sources/source-rows';
import { findOrganizationOf } from '../buckets/bucket-rows';
import { endTask, readTask, saveTask } from '../database/resumable-tasks';
import { query, queryLists } from '../database/sql';
import { Writer } from '../database/writer';
import { PointStore, type Place, type Range } from './point-store';
import { nearestTime } from './point-times';
import { deleteAllRollups, rollupWindowOf, ROLLUP_WINDOW_MILLIS } from './rollups';
import type { PackedPoint } from './values';
import { recomputeRollups } from './window-rollups';

const SECOND_MILLIS = 1000;
const DAY_MILLIS = 86_400_000;
const POINTS_PER_STEP = 1000;
/** The earliest time taken for seconds: 1973-03-03. Moved points are later than all candidates, so they are never moved twice. */
export const FIRST_SECOND = LEAST_EPOCH_MILLIS / SECOND_MILLIS;

const IS_MOVED = `EXISTS (SELECT 1 FROM points t
  WHERE t.source = points.source AND t.at = points.at * ${SECOND_MILLIS} AND t.meta = points.meta`;
const SAME = [...Array.from({ length: COLUMN_SLOTS }, (_, slot) => `v${slot}`), 'rest']
  .map((name) => `AND t.${name} IS NOT DISTINCT FROM points.${name}`)
  .join(' ');
const FIND_TAKEN = `SELECT at, meta FROM points WHERE source = ? AND at >= ? AND at < ? AND ${IS_MOVED})`;
const REMOVE_MOVED = `DELETE FROM points WHERE source = ? AND at >= ? AND at < ? AND ${IS_MOVED} ${SAME})`;
const ARRIVAL = 'SELECT ingested_at AS "ingestedAt" FROM point_totals WHERE source = ?';
const SET_TOTAL = 'UPDATE point_totals SET count = count - ?, ingested_at = ? WHERE source = ?';

/** A data source to fix. */
export interface FixSource {
  readonly number: number;
  readonly schema: Schema;
  readonly name: string;
  readonly bucketId: string;
  readonly organizationId: string;
}

/** The counts of a fix, including those before an interruption. */
export interface FixCounts {
  readonly moved: number;
  /** Points that were already stored at the correct time with the same values. */
  readonly duplicates: number;
}

export interface Fixed extends FixCounts {
  /** Points that were not moved because a point with other values is stored at the correct time. */
  readonly conflicts: number;
  readonly done: boolean;
}

interface State extends FixCounts {
  /** The time from which to look for the next rollup window. */
  readonly from: number;
  /** The progress in a partially copied window: the last copied place, and the number of copied points. */
  readonly open?: { readonly after: Place; readonly copied: number };
}

/**
 * Moves points whose time in seconds was stored as milliseconds, in January 1970, to the correct time. It runs in small steps while
 * the server is running; each step keeps rollups and totals consistent.
 */
@Injectable()
export class SecondsFix {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
  ) {}

  /** The source with this id; undefined if there is none. */
  async find(sourceId: string): Promise<FixSource | undefined> {
    const { manager } = this.dataSource;
    const source = await findActiveSource(manager, sourceId);
    const organizationId = source && (await findOrganizationOf(manager, source.bucketId));
    return source && organizationId !== undefined ? { ...source, organizationId } : undefined;
  }

  /** The number of candidates, and the correct times of the first and the last one. */
  async preview(source: FixSource): Promise<{ count: number; first: number; last: number }> {
    const { manager } = this.dataSource;
    const range = candidates();
    const first = (await nearestTime(manager, source.number, range, 'asc')) ?? 0;
    const last = (await nearestTime(manager, source.number, range, 'desc')) ?? 0;
    const count = await this.store.count(manager, source, range);
    return { count, first: first * SECOND_MILLIS, last: last * SECOND_MILLIS };
  }

  /**
   * Starts the fix, or resumes it where it was interrupted.
   *
   * @param report called after each step with the number of processed points and an estimate of the total
   * @param isStopped checked after each step; true stops the fix
   */
  async run(source: FixSource, report: (done: number, of: number) => void, isStopped: () => boolean): Promise<Fixed> {
    const { manager } = this.dataSource;
    const task = `data:fix-seconds ${source.number}`;
    const range = candidates();
    let state = (await readTask<State>(manager, task)) ?? { from: FIRST_SECOND, moved: 0, duplicates: 0 };
    const all = state.moved + (await this.store.count(manager, source, range));
    for (;;) {
      const next = await this.writer.write(async (transaction) => {
        const made = await this.step(transaction, source, state, range[1]);
        await (made ? saveTask(transaction, task, made) : endTask(transaction, task));
        return made;
      });
      const { moved, duplicates } = state;
      if (!next) return { moved, duplicates, conflicts: await this.store.count(manager, source, range), done: true };
      state = next;
      report(state.moved + state.duplicates, all);
      if (isStopped()) return { moved: state.moved, duplicates: state.duplicates, conflicts: 0, done: false };
    }
  }

  /** Copies a page of a rollup window. After the last page, removes the copied points. Returns undefined when no point is left. */
  private async step(manager: EntityManager, source: FixSource, state: State, end: number): Promise<State | undefined> {
    await lockSourceNumber(manager, source.number);
    const first = await nearestTime(manager, source.number, [state.from, end], 'asc');
    if (first === undefined) return undefined;
    const window: Range = [state.from, Math.min(end, (rollupWindowOf(first) + 1) * ROLLUP_WINDOW_MILLIS)];
    const [arrival] = await query<{ ingestedAt: number }>(manager, ARRIVAL, [source.number]);
    const options = { limit: POINTS_PER_STEP, sort: 'asc', after: state.open?.after } as const;
    const page = await this.store.read(manager, source, window, options);
    const copied = await this.copy(manager, source, page);
    const isWhole = page.length < POINTS_PER_STEP;
    const removed = isWhole ? await this.removeMoved(manager, source, window) : 0;
    // Moving points must not change the time of the last arrival.
    await query(manager, SET_TOTAL, [removed, arrival?.ingestedAt ?? 0, source.number]);
    const last = page.at(-1);
    const moved = state.moved + copied;
    const ofWindow = (state.open?.copied ?? 0) + copied;
    if (!isWhole && last)
      return { ...state, moved, open: { after: { at: last.at, meta: last.meta }, copied: ofWindow } };
    return { from: window[1], moved, duplicates: state.duplicates + removed - ofWindow };
  }

  /** Adds the points at their correct times, unless a point is stored there. Returns the number of added points. */
  private async copy(manager: EntityManager, source: FixSource, page: readonly PackedPoint[]): Promise<number> {
    const [first, last] = [page[0], page.at(-1)];
    if (!first || !last) return 0;
    const rows = await queryLists(manager, FIND_TAKEN, [source.number, first.at, last.at + 1]);
    const taken = new Set(rows.map(([at, meta]) => `${at} ${meta}`));
    const fresh = page.filter(({ at, meta }) => !taken.has(`${at} ${meta}`));
    const moved = fresh.map((point) => ({ ...point, at: point.at * SECOND_MILLIS }));
    const [appended] = await this.store.append(manager, source, [moved], { isHistory: true });
    return appended?.inserted ?? 0;
  }

  /** Removes the points of a rollup window that are stored at the correct time with the same values. Returns their number. */
  private async removeMoved(manager: EntityManager, source: FixSource, window: Range): Promise<number> {
    const before = await this.store.count(manager, source, window);
    await query(manager, REMOVE_MOVED, [source.number, ...window]);
    const left = await this.store.count(manager, source, window);
    const rollupWindow = rollupWindowOf(window[1] - 1);
    const whole: Range = [rollupWindow * ROLLUP_WINDOW_MILLIS, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS];
    if ((await this.store.count(manager, source, whole)) > 0) await recomputeRollups(manager, source, rollupWindow);
    else await deleteAllRollups(manager, source, [rollupWindow, rollupWindow + 1]);
    return before - left;
  }
}

/** The range of times taken for seconds: up to one day from now, as points are accepted. */
function candidates(): Range {
  return [FIRST_SECOND, Math.floor((Date.now() + DAY_MILLIS) / SECOND_MILLIS) + 1];
}
