import type { EntityManager } from 'typeorm';
import type { Pause } from '../common/http/pause';
import type { Source } from '../data-sources/data-source.entity';
import type { PointStore, Range } from '../points/point-store';
import { unpack, type PackedPoint, type Value } from '../points/values';
import { pagesOf, POINTS_PER_TURN } from './grouped-query';
import type { Cursor } from './query.dto';

/** The greatest number that a metadata's column takes. */
const MOST_META = 2_147_483_647;
const ROWS_PER_TURN = 2000;
/** Where points are filtered, the next page should not be as small as the answer. */
const LEAST_AT_ONCE = 10;

/** A point as a row of an answer. */
export interface RawRow {
  readonly source: Source;
  readonly point: PackedPoint;
  readonly values: Readonly<Record<string, Value>>;
}

export interface RawWish {
  readonly sources: readonly Source[];
  readonly range: Range;
  readonly fields: readonly string[] | undefined;
  readonly metas: ReadonlyMap<number, ReadonlySet<number>> | undefined;
  readonly sort: 'asc' | 'desc';
  readonly limit: number;
  readonly after?: Cursor | undefined;
  readonly pause: Pause;
}

/** The first points of several sources by time, behind a place where one is given; within a moment, source by source. */
export async function rawRows(store: PointStore, manager: EntityManager, wish: RawWish): Promise<RawRow[]> {
  const streams = await Promise.all(
    wish.sources.map(async (source) => {
      const rows = rowsOf(store, manager, source, wish);
      return { source, rows, next: await nextOf(rows) };
    }),
  );
  const found: RawRow[] = [];
  const direction = wish.sort === 'asc' ? 1 : -1;
  while (found.length < wish.limit) {
    let first: (typeof streams)[number] | undefined;
    for (const stream of streams) {
      if (!stream.next) continue;
      if (!first?.next || (stream.next.point.at - first.next.point.at) * direction < 0) first = stream;
      else if (stream.next.point.at === first.next.point.at && direction < 0) first = stream;
    }
    if (!first?.next) break;
    found.push(first.next);
    // Rows are waited for in turns of their own only where a page ends.
    if (found.length % ROWS_PER_TURN === 0) await wish.pause();
    first.next = await nextOf(first.rows);
  }
  await Promise.all(streams.map(({ rows }) => rows.return(undefined)));
  return found;
}

async function nextOf(rows: AsyncGenerator<RawRow>): Promise<RawRow | undefined> {
  const next = await rows.next();
  return next.done ? undefined : next.value;
}

async function* rowsOf(
  store: PointStore,
  manager: EntityManager,
  source: Source,
  { range, fields, metas, sort, after, limit, pause }: RawWish,
): AsyncGenerator<RawRow, undefined> {
  const wanted = metas?.get(source.number);
  const place = after && placeIn(source, after, sort);
  const atOnce = Math.min(POINTS_PER_TURN, Math.max(limit, LEAST_AT_ONCE));
  for await (const points of pagesOf(manager, store, source, range, { sort, after: place, atOnce, pause })) {
    for (const point of points) {
      if (wanted && !wanted.has(point.meta)) continue;
      const values = unpack(source.schema, point);
      if (fields && !fields.some((name) => Object.hasOwn(values, name))) continue;
      yield { source, point, values };
    }
  }
  return undefined;
}

/** The place behind which a source goes on, when the last row was of this or another source. */
function placeIn({ number }: Source, { at, source, meta }: Cursor, sort: 'asc' | 'desc'): { at: number; meta: number } {
  if (number === source) return { at, meta };
  const comesLater = sort === 'asc' ? number > source : number < source;
  if (sort === 'asc') return comesLater ? { at: at - 1, meta: MOST_META } : { at, meta: MOST_META };
  return comesLater ? { at: at + 1, meta: -1 } : { at, meta: -1 };
}
