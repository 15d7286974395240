import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { query } from '../database/sql';
import { readTogether } from '../database/together';
import { storeBlocks } from './block-append';
import { countIn, pointsOfBlocks, type PointBlock } from './point-block';
import { noteRemoval } from './metadata-sweep';
import { pointsPerRead } from './page-size';
import { insertPoints } from './point-inserts';
import { sortPoints, hasSameIdentity, type SentPoint } from './point-order';
import { readPlaces, readPoints, storedAmong, type PageOptions, type Place, type Range } from './point-reads';
import { COLUMNS } from './point-statements';
import { addToTotal } from './point-totals';
import {
  addToRollups,
  AFTER_ALL_WINDOWS,
  countInWindows,
  deleteAllRollups,
  deleteRollups,
  rollupWindowOf,
  ROLLUP_WINDOW_MILLIS,
  replaceRollups,
  summarise,
} from './rollups';
import type { Summary } from './summary';
import { identityOf, hasSameValues, mergedPoint, type PackedPoint } from './values';

export type { PageOptions, Place, Range } from './point-reads';

/** The number of points that were inserted, updated, or already stored. The three add up to the points sent. */
export interface Appended {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
}

interface AppendOptions {
  readonly isHistory?: boolean;
  readonly changed?: PackedPoint[] | undefined;
  /** Whether the points of a request add their values to a stored point with the same identity. By default they replace it. */
  readonly merges?: (request: number) => boolean;
}

const LATEST = 'SELECT max(at) AS at FROM points WHERE source = ?';
const UPDATE = `UPDATE points SET ${[...COLUMNS, 'rest'].map((name) => `${name} = ?`).join(', ')}
  WHERE source = ? AND at = ? AND meta = ?`;
const TAKE_FROM_TOTAL = 'UPDATE point_totals SET count = count - ? WHERE source = ?';
const SET_TOTAL = 'UPDATE point_totals SET count = ? WHERE source = ?';
const LAST_ARRIVAL = 'SELECT arrived_at AS at FROM point_totals WHERE source = ?';
const FIRST_FROM = 'SELECT min(at) AS at FROM points WHERE source = ? AND at >= ?';
const COUNT_RANGE = 'SELECT count(*) AS count FROM points WHERE source = ? AND at >= ? AND at < ?';
const REMOVE_RANGE = 'DELETE FROM points WHERE source = ? AND at >= ? AND at < ?';

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
  async append(
    manager: EntityManager,
    source: StoredSource,
    requests: readonly (readonly PackedPoint[])[],
    { isHistory = false, changed, merges }: AppendOptions = {},
  ): Promise<Appended[]> {
    const latest = await this.latestTime(manager, source);
    const sorted = sortPoints(requests);
    const stored = await storedAmong(manager, source, sorted, latest);
    const appended = requests.map(() => ({ inserted: 0, updated: 0, duplicates: 0 }));
    const fresh: PackedPoint[] = [];
    const replaced: PackedPoint[] = [];
    for (let index = 0; index < sorted.length;) {
      const before = stored.size === 0 ? undefined : stored.get(identityOf((sorted[index] as SentPoint).point));
      let now = before;
      for (const start = index; index < sorted.length; index++) {
        const { point: sent, request } = sorted[index] as SentPoint;
        if (index > start && !hasSameIdentity(sent, (sorted[start] as SentPoint).point)) break;
        const point: PackedPoint = now && merges?.(request) ? mergedPoint(now, sent) : sent;
        const counts = appended[request] as Mutable<Appended>;
        if (!now) counts.inserted += 1;
        else if (hasSameValues(now, point)) {
          counts.duplicates += 1;
          continue;
        } else counts.updated += 1;
        now = point;
      }
      if (now && now !== before) (before ? replaced : fresh).push(now);
    }
    changed?.push(...fresh, ...replaced);
    await insertPoints(manager, source, fresh);
    for (const { at, meta, columns, rest } of replaced)
      await query(manager, UPDATE, [...columns, rest, source.number, at, meta]);
    await this.rollUp(manager, source, fresh, replaced);
    if (sorted.length > 0) await addToTotal(manager, source, fresh.length, isHistory);
    return appended;
  }

  /** Like `append`, for points in blocks. Points that are all new are stored without being looked at one by one. */
  async appendBlocks(
    manager: EntityManager,
    source: StoredSource,
    requests: readonly (readonly PointBlock[])[],
    options: AppendOptions = {},
  ): Promise<Appended[]> {
    const latest = await this.latestTime(manager, source);
    if (!(await storeBlocks(manager, source, requests.flat(), latest)))
      return this.append(manager, source, requests.map(pointsOfBlocks), options);
    const appended = requests.map((blocks) => ({ inserted: countIn(blocks), updated: 0, duplicates: 0 }));
    const count = appended.reduce((sum, { inserted }) => sum + inserted, 0);
    await addToTotal(manager, source, count, options.isHistory === true);
    return appended;
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
  async latestTime(manager: EntityManager, { number }: StoredSource): Promise<number | null> {
    const [row] = await readTogether<{ at: number | null }>(manager, LATEST, [number]);
    return row?.at ?? null;
  }

  /** Removes the points of a range within one rollup window, recomputes its rollups, and returns the number of points. */
  async removeWithinWindow(manager: EntityManager, source: StoredSource, range: Range): Promise<number> {
    const count = await this.removePoints(manager, source, range);
    if (count > 0) await this.recomputeRollups(manager, source, rollupWindowOf(range[0]));
    return count;
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
      points += await this.recomputeRollups(manager, source, next);
      rollupWindow = next + 1;
      if (points >= enough) return { points, next: rollupWindow };
    }
  }

  /** Counts the points of a range by scanning them, so use it only for short ranges. */
  async count(manager: EntityManager, { number }: StoredSource, range: Range): Promise<number> {
    const [counted] = await query<{ count: number }>(manager, COUNT_RANGE, [number, ...range]);
    return counted?.count ?? 0;
  }

  private async removePoints(manager: EntityManager, source: StoredSource, range: Range): Promise<number> {
    const count = await this.count(manager, source, range);
    if (count === 0) return 0;
    await query(manager, REMOVE_RANGE, [source.number, ...range]);
    await query(manager, TAKE_FROM_TOTAL, [count, source.number]);
    await noteRemoval(manager, source.number);
    return count;
  }

  private async rollUp(
    manager: EntityManager,
    source: StoredSource,
    fresh: readonly PackedPoint[],
    replaced: readonly PackedPoint[],
  ): Promise<void> {
    const recomputed = new Set(replaced.map(({ at }) => rollupWindowOf(at)));
    const added = new Map<number, PackedPoint[]>();
    for (const point of fresh) {
      const rollupWindow = rollupWindowOf(point.at);
      if (recomputed.has(rollupWindow)) continue;
      const points = added.get(rollupWindow);
      if (points) points.push(point);
      else added.set(rollupWindow, [point]);
    }
    for (const rollupWindow of recomputed) await this.recomputeRollups(manager, source, rollupWindow);
    const summaries = [...added].map(([window, points]) => [window, summarise(source.schema, points)] as const);
    await addToRollups(manager, source, new Map(summaries));
  }

  /** Recomputes the rollups of a window from its points, and returns the number of points. */
  async recomputeRollups(manager: EntityManager, source: StoredSource, rollupWindow: number): Promise<number> {
    const range: Range = [rollupWindow * ROLLUP_WINDOW_MILLIS, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS];
    const limit = pointsPerRead(source.schema);
    const summaries = new Map<number, Summary>();
    let count = 0;
    for (let after: Place | undefined; ;) {
      const points = await this.read(manager, source, range, { limit, sort: 'asc', after });
      summarise(source.schema, points, summaries);
      count += points.length;
      after = points.at(-1);
      if (points.length < limit) break;
    }
    await replaceRollups(manager, source, rollupWindow, summaries);
    return count;
  }
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
