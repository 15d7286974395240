import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import {
  SourcePoints,
  type PointExtent,
  type PointStats,
  type PointSummary,
  type VisibleSource,
} from '../sources/source-points';
import { query } from '../database/sql';
import { eachTogether, readTogether } from '../database/together';
import { PointStore } from './point-store';
import { unpack } from './values';
import { countEachFrom, countFrom } from './visible-points';

/** One index lookup per end. SQLite would scan all points if one query selected both `min` and `max`. */
const ENDS = `SELECT (SELECT min(at) FROM points WHERE source = ? AND at >= ?) AS "firstAt",
  (SELECT max(at) FROM points WHERE source = ? AND at >= ?) AS "lastAt"`;
const ANY = 'SELECT 1 FROM points WHERE source = ? LIMIT 1';
/** Sources whose newest points are read together. */
const SOURCES_PER_SLICE = 20;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** Statistics of the points of a source, without a full scan. */
@Injectable()
export class StoredPoints extends SourcePoints {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PointStore,
  ) {
    super();
  }

  override async statsOf(
    manager: EntityManager,
    source: number,
    from: number,
    yieldTurn: YieldTurn = IMMEDIATE_YIELD,
  ): Promise<PointStats> {
    const count = await countFrom(manager, [source], from, yieldTurn);
    return { count, ...(await this.extentOf(manager, source, from)) };
  }

  override async summariesOf(sources: readonly VisibleSource[], yieldTurn: YieldTurn): Promise<PointSummary[]> {
    const manager = this.dataSource.createEntityManager();
    const counts = await countEach(manager, sources, yieldTurn);
    const summaries: PointSummary[] = [];
    for (let start = 0; start < sources.length; start += SOURCES_PER_SLICE) {
      await yieldTurn();
      const some = sources.slice(start, start + SOURCES_PER_SLICE);
      const found = await eachTogether(manager, some, async (source) => {
        const range = [source.visibleFrom, END_OF_TIME] as const;
        const extent = await this.extentOf(manager, source.number, source.visibleFrom);
        const [point] = await this.store.read(manager, source, range, { limit: 1, sort: 'desc' });
        return { ...extent, latest: point ? { at: point.at, values: unpack(source.schema, point) } : null };
      });
      summaries.push(...found.map((one, index) => ({ ...one, count: counts.get(some[index]?.number ?? -1) ?? 0 })));
    }
    return summaries;
  }

  override async extentOf(manager: EntityManager, source: number, from: number): Promise<PointExtent> {
    const values = [source, from, source, from];
    const [ends] = await readTogether<Record<'firstAt' | 'lastAt', number | null>>(manager, ENDS, values);
    return { firstAt: ends?.firstAt ?? null, lastAt: ends?.lastAt ?? null };
  }

  override async hasAny(manager: EntityManager, source: number): Promise<boolean> {
    return (await query(manager, ANY, [source])).length > 0;
  }
}

/** Counts the points of sources that may become visible at different times, because they are in different buckets. */
async function countEach(
  manager: EntityManager,
  sources: readonly VisibleSource[],
  yieldTurn: YieldTurn,
): Promise<Map<number, number>> {
  const numbers = new Map<number, number[]>();
  for (const { number, visibleFrom } of sources)
    numbers.set(visibleFrom, [...(numbers.get(visibleFrom) ?? []), number]);
  const counts = new Map<number, number>();
  for (const [from, some] of numbers)
    for (const [number, count] of await countEachFrom(manager, some, from, yieldTurn)) counts.set(number, count);
  return counts;
}
