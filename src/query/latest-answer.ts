import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import { eachTogether } from '../database/together';
import { lastValues } from '../points/last-values';
import { unpack } from '../points/values';
import { isoTime, type QueryRow, type RowSource } from './query-answer';
import { show, type RawStores } from './raw-answer';
import type { RawRow, RawOptions } from './raw-query';

/** Sources whose newest points are read together. */
const SOURCES_PER_SLICE = 20;

type LatestOptions = Pick<RawOptions, 'sources' | 'range' | 'yieldTurn'>;

/** The newest point of each source, in the order of the sources. */
export async function* latestPoints(stores: RawStores, { sources, range, yieldTurn }: LatestOptions): RowSource {
  for (let begin = 0; begin < sources.length; begin += SOURCES_PER_SLICE) {
    const some = sources.slice(begin, begin + SOURCES_PER_SLICE);
    const found = await eachTogether(stores.manager, some, async (source): Promise<RawRow[]> => {
      const [point] = await stores.store.read(stores.manager, source, range, { limit: 1, sort: 'desc' });
      await yieldTurn();
      return point ? [{ source, point, values: unpack(source.schema, point) }] : [];
    });
    yield await show(stores, found.flat(), isoTime);
  }
  return { hasMore: false };
}

/** The last value of each field of each source, with its time. The timestamp of the row is that of the newest value. */
export async function* latestFields(stores: RawStores, { sources, range, yieldTurn }: LatestOptions): RowSource {
  for (let begin = 0; begin < sources.length; begin += SOURCES_PER_SLICE) {
    const some = sources.slice(begin, begin + SOURCES_PER_SLICE);
    const rows = await eachTogether(stores.manager, some, async (source) => {
      const row = await fieldsRow(stores, source, range[0], yieldTurn);
      await yieldTurn();
      return row ? [row] : [];
    });
    for (const row of rows.flat()) yield [row];
  }
  return { hasMore: false };
}

async function fieldsRow(
  { manager }: RawStores,
  source: Source,
  from: number,
  yieldTurn: YieldTurn,
): Promise<QueryRow | undefined> {
  const last = await lastValues(manager, source, from, yieldTurn);
  if (last.size === 0) return undefined;
  const values: Record<string, unknown> = {};
  let latest = 0;
  for (const [name, { value, at }] of last) {
    values[name] = { value, timestamp: new Date(at).toISOString() };
    latest = Math.max(latest, at);
  }
  return { dataSourceId: source.id, timestamp: new Date(latest).toISOString(), values };
}
