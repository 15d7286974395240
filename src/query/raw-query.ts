import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import { eachTogether } from '../database/together';
import type { NumberSet } from '../points/ascending-numbers';
import type { Place, PointStore, Range } from '../points/point-store';
import { unpack, type PackedPoint, type Value } from '../points/values';
import { PriorityQueue } from './priority-queue';
import type { Cursor } from './cursor';
import { BYTES_AHEAD, firstPageOf, sourceRows, type SourceRows } from './source-rows';

/** The largest metadata number that the column can store. */
const MAX_METADATA_NUMBER = 2_147_483_647;
const ROWS_PER_SLICE = 500;
const CHARACTERS_PER_SLICE = 65_536;
/** Limits for the first reads of sources, which run concurrently: the sources, and the points of their first pages. */
const MAX_AT_ONCE = 250;
const POINTS_AT_ONCE = 2000;

/** A point with its source and its values by field name. */
export interface RawRow {
  readonly source: Source;
  readonly point: PackedPoint;
  readonly values: Readonly<Record<string, Value>>;
}

export interface RawOptions {
  readonly sources: readonly Source[];
  readonly range: Range;
  readonly fields: readonly string[] | undefined;
  readonly metas: ReadonlyMap<number, NumberSet> | undefined;
  readonly sort: 'asc' | 'desc';
  /** The number of rows to skip. */
  readonly offset: number;
  readonly limit: number;
  readonly after?: Omit<Cursor, 'sort'> | undefined;
  /** Bytes of points to prefetch, over all sources. */
  readonly bytesAhead?: number;
  readonly yieldTurn: YieldTurn;
}

/**
 * Merges the points of several sources, ordered by time and source, starting after `after`. They are read on demand, in slices of
 * at most a few hundred kilobytes.
 */
export async function* rawRows(
  store: PointStore,
  manager: EntityManager,
  options: RawOptions,
): AsyncGenerator<RawRow[], undefined> {
  const queue = await openSources(store, manager, options);
  let toSkip = options.offset;
  let left = options.limit;
  let slice: RawRow[] = [];
  let characters = 0;
  for (let first = queue.first; first; first = queue.first) {
    const { rows } = first;
    if (toSkip > 0) toSkip -= 1;
    else {
      const reading = rows.read();
      const point = reading instanceof Promise ? await reading : reading;
      if (point) {
        slice.push({ source: rows.source, point, values: unpack(first.fields, point) });
        left -= 1;
        if (left === 0) break;
        characters += point.rest?.length ?? 0;
      }
    }
    const advancing = rows.advance();
    if (advancing) await advancing;
    if (rows.next) queue.update();
    else queue.pop();
    if (slice.length < ROWS_PER_SLICE && characters < CHARACTERS_PER_SLICE) continue;
    yield slice;
    [slice, characters] = [[], 0];
  }
  if (slice.length > 0) yield slice;
  return undefined;
}

interface OpenSource {
  readonly rows: SourceRows;
  /** The index of the source. */
  readonly order: number;
  /** The fields to return. */
  readonly fields: Source['schema'];
}

/** Opens the sources in batches whose first pages have a few thousand points, so that the query yields in between. */
async function openSources(
  store: PointStore,
  manager: EntityManager,
  options: RawOptions,
): Promise<PriorityQueue<OpenSource>> {
  const {
    sources,
    range,
    sort,
    limit,
    offset,
    yieldTurn,
    fields: named,
    metas,
    after,
    bytesAhead = BYTES_AHEAD,
  } = options;
  const share = { sources: sources.length, limit: offset + limit, bytesAhead };
  const queue = new PriorityQueue<OpenSource>(sort === 'asc' ? isEarlier : (one, other) => isEarlier(other, one));
  const open = async (source: Source, order: number) => {
    const fields = named && source.schema.filter(({ name }) => named.includes(name));
    const rows = sourceRows(
      store,
      manager,
      source,
      { range, sort, fields, metas: metas?.get(source.number), ...share, yieldTurn },
      after && placeIn(source, after, sort),
    );
    await rows.advance();
    if (rows.next) queue.push({ rows, order, fields: fields ?? source.schema });
  };
  const atOnce = Math.min(MAX_AT_ONCE, Math.ceil(POINTS_AT_ONCE / firstPageOf({ ...share, metas, fields: named })));
  for (let begin = 0; begin < sources.length; begin += atOnce) {
    const some = sources.slice(begin, begin + atOnce).map((source, index) => [source, begin + index] as const);
    await eachTogether(manager, some, ([source, order]) => open(source, order));
  }
  return queue;
}

function isEarlier({ rows: one, order }: OpenSource, { rows: other, order: otherOrder }: OpenSource): boolean {
  const [at, otherAt] = [one.next?.at ?? Infinity, other.next?.at ?? Infinity];
  return at < otherAt || (at === otherAt && order < otherOrder);
}

/** The place in a source after which the next page starts, if the last row was of this or another source. */
function placeIn(
  { number }: Source,
  { at, source, meta }: NonNullable<RawOptions['after']>,
  sort: 'asc' | 'desc',
): Place {
  if (number === source) return { at, meta };
  const comesLater = sort === 'asc' ? number > source : number < source;
  if (sort === 'asc') return comesLater ? { at: at - 1, meta: MAX_METADATA_NUMBER } : { at, meta: MAX_METADATA_NUMBER };
  return comesLater ? { at: at + 1, meta: -1 } : { at, meta: -1 };
}
