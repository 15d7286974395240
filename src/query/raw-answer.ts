import type { EntityManager } from 'typeorm';
import type { Source } from '../sources/source.entity';
import { eachTogether } from '../database/together';
import type { MetadataDictionary } from '../points/metadata';
import { pointIdOf } from '../points/point-ids';
import type { PointStore } from '../points/point-store';
import type { QueryRow, RowSource, ShowTime } from './query-answer';
import { writeCursor } from './cursor';
import { rawRows, type RawRow, type RawOptions } from './raw-query';

/** The stores that raw answers are read from. */
export interface RawStores {
  readonly manager: EntityManager;
  readonly store: PointStore;
  readonly dictionary: MetadataDictionary;
}

/** One page of the points of several sources, in the order of `rawRows`. */
export async function* rawAnswer(stores: RawStores, options: RawOptions, showTime: ShowTime): RowSource {
  let left = options.limit;
  let last: RawRow | undefined;
  for await (const rows of rawRows(stores.store, stores.manager, { ...options, limit: options.limit + 1 })) {
    const page = rows.length > left ? rows.slice(0, left) : rows;
    left -= page.length;
    last = page.at(-1) ?? last;
    if (page.length > 0) yield await show(stores, page, showTime);
    if (page.length < rows.length && last)
      return {
        hasMore: true,
        nextCursor: writeCursor({ ...last.point, source: last.source.number, sort: options.sort }),
      };
    await options.yieldTurn();
  }
  return { hasMore: false };
}

/** Rows as they are returned to the client, with their metadata. */
export async function show(
  { manager, dictionary }: RawStores,
  rows: readonly RawRow[],
  showTime: ShowTime,
): Promise<QueryRow[]> {
  const numbers = new Map<Source, Set<number>>();
  for (const { source, point } of rows) {
    const known = numbers.get(source);
    if (known) known.add(point.meta);
    else numbers.set(source, new Set([point.meta]));
  }
  const read = async ([source, wanted]: readonly [Source, Set<number>]) =>
    [source, await dictionary.read(manager, source.number, wanted)] as const;
  const metadata = new Map(await eachTogether(manager, [...numbers], read));
  return rows.map(({ source, point, values }) => ({
    _id: pointIdOf(source.number, point),
    dataSourceId: source.id,
    timestamp: showTime(point.at),
    values,
    metadata: metadata.get(source)?.get(point.meta) ?? null,
  }));
}
