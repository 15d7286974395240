import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SourcePoints, type PointStats } from '../data-sources/source-points';
import { query } from '../database/sql';

const COUNT = 'SELECT count FROM point_totals WHERE source = ?';
/** Each end by itself is one step into the index. SQLite looks at every point where both are asked for in one go. */
const ENDS = `SELECT (SELECT min(at) FROM points WHERE source = ?) AS "firstAt", (SELECT max(at) FROM points WHERE source = ?) AS "lastAt"`;
const ANY = 'SELECT 1 FROM points WHERE source = ? LIMIT 1';

/** What is known of the points of a source, without a look at each. */
@Injectable()
export class StoredPoints extends SourcePoints {
  override async statsOf(manager: EntityManager, source: number): Promise<PointStats> {
    const [counted] = await query<{ count: number | string }>(manager, COUNT, [source]);
    const [ends] = await query<Record<'firstAt' | 'lastAt', number | string | null>>(manager, ENDS, [source, source]);
    const time = (value: number | string | null | undefined) =>
      value === null || value === undefined ? null : Number(value);
    return { count: Number(counted?.count ?? 0), firstAt: time(ends?.firstAt), lastAt: time(ends?.lastAt) };
  }

  override async hasAny(manager: EntityManager, source: number): Promise<boolean> {
    return (await query(manager, ANY, [source])).length > 0;
  }
}
