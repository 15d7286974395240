import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { writeTogether } from '../database/insert-together';
import { query } from '../database/sql';
import { appendNewPoints } from './append-new';
import { pointsIn } from './point-block';
import { noteRemoval } from './metadata-sweep';
import { appendPoints, latestTime, type AppendOptions } from './point-append';
import { readPlaces, readPoints, type PageOptions, type Place, type Range } from './point-reads';
import {
  AFTER_ALL_WINDOWS,
  countInWindows,
  deleteAllRollups,
  deleteRollups,
  rollupWindowOf,
  ROLLUP_WINDOW_MILLIS,
} from './rollups';
import type { Appended } from './settled-points';
import { appendInBlocks, type SourceAppend } from './source-append';
import type { PackedPoint } from './values';
import { recomputeRollups, rollUpRemoval } from './window-rollups';

export type { Appended } from './settled-points';
export type { PageOptions, Place, Range } from './point-reads';

const TAKE_FROM_TOTAL = 'UPDATE point_totals SET count = count - ? WHERE source = ?';
const SET_TOTAL = 'UPDATE point_totals SET count = ? WHERE source = ?';
const LAST_ARRIVAL = 'SELECT arrived_at AS at FROM point_totals WHERE source = ?';
const FIRST_FROM = 'SELECT min(at) AS at FROM points WHERE source = ? AND at >= ?';
const COUNT_RANGE = 'SELECT count(*) AS count FROM points WHERE source = ? AND at >= ? AND at < ?';
/** Points removed in about ten milliseconds, including the commit. */
export const MOST_REMOVED = 2000;
const PLACE_AFTER =
  'SELECT at, meta FROM points WHERE source = ? AND at >= ? AND at < ? ORDER BY at, meta LIMIT 1 OFFSET ?';
const REMOVE_BEFORE = 'DELETE FROM points WHERE source = ? AND at >= ? AND at <= ? AND (at < ? OR meta < ?)';
const REMOVE_RANGE = 'DELETE FROM points WHERE source = ? AND at >= ? AND at < ?';

/** What a step of a removal did. */
interface Removed {
  readonly count: number;
  /** Whether rollups were left pending: see `RollupCompletion`. */
  readonly isPending: boolean;
  /** Whether no point of the range is left. */
  readonly isLast: boolean;
}

/** Stores points and their rollups, in the transaction of the caller. */
@Injectable()
export class PointStore {
  /**
   * Adds the points of several requests to a locked source, and updates its rollups and total. A point replaces the stored point
   * with the same identity, or is merged with it. Among the new points, the later one wins.
   *
   * @param isHistory whether these points do not count as an arrival of data
   * @param changed receives the points that were inserted or updated
   * @returns the counts for each request
   */
  append(
    manager: EntityManager,
    source: StoredSource,
    requests: readonly (readonly PackedPoint[])[],
    options: AppendOptions = {},
  ): Promise<Appended[]> {
    return appendPoints(manager, source, requests, options);
  }

  /**
   * The same for several locked sources, in few statements. Points in blocks that are all new are stored without being looked at one by one.
   *
   * @returns the counts for each request, by source
   */
  async appendToAll(manager: EntityManager, appends: readonly SourceAppend[]): Promise<readonly Appended[][]> {
    const { appended, left } = await appendNewPoints(manager, appends);
    await writeTogether(manager, left, async ([index, append]) => {
      const { source, requests, options } = append;
      appended[index] =
        (await appendInBlocks(manager, append)) ??
        (await this.append(manager, source, requests.map(pointsIn), options));
    });
    return appended as Appended[][];
  }

  /** Reads a page of the points in a range, ordered by time and metadata number. */
  read(manager: EntityManager, source: StoredSource, range: Range, page: PageOptions): Promise<PackedPoint[]> {
    return readPoints(manager, source, range, page);
  }

  /** Reads only the time and the metadata number of each point of a page. */
  readPlaces(manager: EntityManager, source: StoredSource, range: Range, page: PageOptions): Promise<Place[]> {
    return readPlaces(manager, source, range, page);
  }

  /** The server time at which points of a source last arrived, other than historical ones; 0 for never. */
  async lastArrivalAt(manager: EntityManager, { number }: StoredSource): Promise<number> {
    const [row] = await query<{ at: number | null }>(manager, LAST_ARRIVAL, [number]);
    return row?.at ?? 0;
  }

  /** The time of the latest point; null if there is none. */
  latestTime(manager: EntityManager, source: StoredSource): Promise<number | null> {
    return latestTime(manager, source);
  }

  /** Removes the first points of a range within one rollup window, up to 2,000, and updates its rollups. */
  async removeWithinWindow(manager: EntityManager, source: StoredSource, range: Range): Promise<Removed> {
    const values = [source.number, ...range, MOST_REMOVED];
    const [end] = await query<Place>(manager, PLACE_AFTER, values);
    const count = await this.removePoints(manager, source, range, end);
    const isPending = count > 0 && (await rollUpRemoval(manager, source, rollupWindowOf(range[0]), count));
    return { count, isPending, isLast: !end };
  }

  /** Removes the points and rollups of these rollup windows, and returns the number of points. */
  async removeWindows(manager: EntityManager, source: StoredSource, [from, to]: Range): Promise<number> {
    const count = await this.removePoints(manager, source, [from * ROLLUP_WINDOW_MILLIS, to * ROLLUP_WINDOW_MILLIS]);
    await deleteRollups(manager, source, [from, to]);
    return count;
  }

  /**
   * Recomputes rollups from the window `from` on, and deletes rollups of windows without points. At the end of the source, its
   * total is recomputed too.
   *
   * @param enough the number of points after which it stops
   * @returns the number of points, and the window to continue with, if there are more
   */
  async rebuild(
    manager: EntityManager,
    source: StoredSource,
    from: number,
    enough: number,
  ): Promise<{ points: number; next: number | undefined }> {
    let points = 0;
    for (let rollupWindow = from; ;) {
      const [first] = await query<{ at: number | null }>(manager, FIRST_FROM, [
        source.number,
        rollupWindow * ROLLUP_WINDOW_MILLIS,
      ]);
      if (first?.at == null) {
        await deleteAllRollups(manager, source, [rollupWindow, AFTER_ALL_WINDOWS]);
        const count = await countInWindows(manager, source.number, [0, AFTER_ALL_WINDOWS]);
        await query(manager, SET_TOTAL, [count, source.number]);
        return { points, next: undefined };
      }
      const next = rollupWindowOf(first.at);
      await deleteAllRollups(manager, source, [rollupWindow, next + 1]);
      points += await recomputeRollups(manager, source, next);
      rollupWindow = next + 1;
      if (points >= enough) return { points, next: rollupWindow };
    }
  }

  /** Counts the points of a range by scanning them, so use it only for short ranges. */
  async count(manager: EntityManager, { number }: StoredSource, range: Range): Promise<number> {
    const [counted] = await query<{ count: number }>(manager, COUNT_RANGE, [number, ...range]);
    return counted?.count ?? 0;
  }

  /** @param end where the points that stay begin, after `MOST_REMOVED`. By default none of the range stays */
  private async removePoints(manager: EntityManager, source: StoredSource, range: Range, end?: Place): Promise<number> {
    const count = end ? MOST_REMOVED : await this.count(manager, source, range);
    if (count === 0) return 0;
    if (end) await query(manager, REMOVE_BEFORE, [source.number, range[0], end.at, end.at, end.meta]);
    else await query(manager, REMOVE_RANGE, [source.number, ...range]);
    await query(manager, TAKE_FROM_TOTAL, [count, source.number]);
    await noteRemoval(manager, source.number);
    return count;
  }
}
