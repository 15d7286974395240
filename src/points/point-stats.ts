import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import { SourcePoints, type PointExtent, type PointStats } from '../sources/source-points';
import { query } from '../database/sql';
import { readTogether } from '../database/together';
import { countFrom } from './visible-points';

/** One index lookup per end. SQLite would scan all points if one query selected both `min` and `max`. */
const ENDS = `SELECT (SELECT min(at) FROM points WHERE source = ? AND at >= ?) AS "firstAt",
  (SELECT max(at) FROM points WHERE source = ? AND at >= ?) AS "lastAt"`;
const ANY = 'SELECT 1 FROM points WHERE source = ? LIMIT 1';

/** Statistics of the points of a source, without a full scan. */
@Injectable()
export class StoredPoints extends SourcePoints {
  override async statsOf(
    manager: EntityManager,
    source: number,
    from: number,
    yieldTurn: YieldTurn = IMMEDIATE_YIELD,
  ): Promise<PointStats> {
    const count = await countFrom(manager, [source], from, yieldTurn);
    return { count, ...(await this.extentOf(manager, source, from)) };
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
