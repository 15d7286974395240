import type { EntityManager } from 'typeorm';
import type { Source } from '../sources/source.entity';
import type { Field } from '../sources/schema';
import { isPostgres } from '../database/sql';
import { eachTogether } from '../database/together';
import type { NumberSet } from '../points/ascending-numbers';
import type { PointStore } from '../points/point-store';
import type { Aggregation } from './aggregations';
import type { Cell } from './cells';
import type { Fill } from './fill';
import { FilledGroups } from './filled-groups';
import { columnsOf } from './group-columns';
import { GroupReader, MEMORY, type ReadOptions } from './group-reader';
import { isoTime, type QueryRow, type RowSource, type ShowTime } from './query-answer';
import { OccupiedGroups, type GroupRow, type GroupStream } from './group-stream';

const ROWS_PER_BATCH = 200;
/** Values turned into rows in a few milliseconds. */
const VALUES_PER_BATCH = 10_000;
const STEPS_PER_TURN = 250;
const GROUPS_PER_TURN = 50;
const SOURCES_AT_ONCE = 128;

export interface GroupedOptions extends Pick<
  ReadOptions,
  'range' | 'timeBuckets' | 'yieldTurn' | 'memory' | 'isNamed' | 'visibleFrom'
> {
  readonly sources: readonly { readonly source: Source; readonly fields: readonly Field[] }[];
  readonly metas: ReadonlyMap<number, NumberSet> | undefined;
  readonly aggregations: readonly Aggregation[];
  /** Whether fields that cannot be averaged return their last value. */
  readonly automatic: boolean;
  readonly fill: Fill;
  readonly sort: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
  /** Default: `isoTime`. */
  readonly showTime?: ShowTime | undefined;
}

/** Where a page starts: a time, and how many rows of the group at this time to skip. */
interface PageStart {
  readonly cursor: number;
  readonly skipped: number;
}

/** One page of the groups of several sources, ordered by time and source. Only the rows of this page are computed. */
export async function* groupedRows(manager: EntityManager, store: PointStore, options: GroupedOptions): RowSource {
  const { limit, yieldTurn } = options;
  const begin = await findPageStart(manager, store, options);
  if (!begin) return { hasMore: false };
  const open = (source: GroupedOptions['sources'][number]) =>
    openRows(manager, store, options, { source, begin, wanted: wantedOfEach(limit + 1, options) });
  let given = -begin.skipped;
  const end = { overflow: false };
  for await (const rows of merged(manager, options.sources.map(open), begin.skipped + limit + 1, options)) {
    const page = rows.slice(Math.max(0, -given), Math.max(0, limit - given));
    yield page.map(({ stream, row }) => toRow(stream, row, options, end));
    given += rows.length;
    await yieldTurn();
  }
  return { hasMore: given > limit, ...(end.overflow && end) };
}

/** Sources with points at the same times share the requested rows evenly. Twice the share is enough for most queries. */
function wantedOfEach(rows: number, { sources }: GroupedOptions): number {
  return Math.min(rows, Math.ceil((2 * rows) / sources.length));
}

function openRows(
  manager: EntityManager,
  store: PointStore,
  options: GroupedOptions,
  {
    source: { source, fields },
    begin,
    wanted,
  }: { source: GroupedOptions['sources'][number]; begin: PageStart; wanted: number },
): GroupStream {
  const columns = columnsOf(fields, options);
  const { sort, fill } = options;
  const metas = options.metas?.get(source.number);
  const reader = new GroupReader(manager, store, source, { ...options, columns, metas });
  if (fill === 'none') return new OccupiedGroups(reader, begin.cursor, sort, wanted);
  return new FilledGroups(fill, reader, begin.cursor, sort, wanted);
}

/** Skips `offset` rows without computing their values. Undefined if there are no more rows. */
async function findPageStart(
  manager: EntityManager,
  store: PointStore,
  options: GroupedOptions,
): Promise<PageStart | undefined> {
  const { range, sort, offset, sources, fill, isNamed } = options;
  const first = { cursor: sort === 'asc' ? range[0] : range[1], skipped: 0 };
  if (offset === 0) return first;
  if (fill !== 'none') return findFilledPageStart(options, first);
  const open = (source: GroupedOptions['sources'][number]) =>
    openRows(manager, store, counting, {
      source: { ...source, fields: isNamed ? source.fields : [] },
      begin: first,
      wanted: wantedOfEach(offset, options),
    });
  // Rollups show which groups have points, or values of the named fields, for any aggregation.
  const counting = { ...options, aggregations: isNamed ? (['count'] as const) : [] };
  let begin = first;
  let skipped = 0;
  for await (const rows of merged(manager, sources.map(open), offset, counting)) {
    for (const { row } of rows) {
      const cursor = sort === 'asc' ? Math.max(range[0], row.start) : Math.min(range[1], row.end);
      begin = { cursor, skipped: cursor === begin.cursor ? begin.skipped + 1 : 1 };
    }
    skipped += rows.length;
  }
  return skipped < offset ? undefined : begin;
}

/** With `fill`, each group has a row for each source. */
async function findFilledPageStart(
  { range, timeBuckets, sort, offset, sources, yieldTurn }: GroupedOptions,
  first: PageStart,
): Promise<PageStart | undefined> {
  if (sources.length === 0) return undefined;
  let steps = Math.floor(offset / sources.length);
  const skipped = offset % sources.length;
  if (steps === 0) return { ...first, skipped };
  let walked = 0;
  for (const { start, end } of timeBuckets.spans(range, sort)) {
    if (steps-- === 0) return { cursor: sort === 'asc' ? start : end, skipped };
    if (++walked % STEPS_PER_TURN === 0) await yieldTurn();
  }
  return undefined;
}

interface MergedRow {
  readonly stream: GroupStream;
  readonly row: GroupRow;
}

/** Merges the rows of several sources, ordered by group and source, in batches. */
async function* merged(
  manager: EntityManager,
  streams: readonly GroupStream[],
  most: number,
  { sort, yieldTurn, memory = MEMORY }: Pick<GroupedOptions, 'sort' | 'yieldTurn' | 'memory'>,
): AsyncGenerator<readonly MergedRow[]> {
  for (let begin = 0; begin < streams.length; begin += SOURCES_AT_ONCE) {
    await eachTogether(manager, streams.slice(begin, begin + SOURCES_AT_ONCE), (stream) => stream.start());
    await yieldTurn();
  }
  let left = most;
  let batch: MergedRow[] = [];
  let values = 0;
  for (let groups = 1; left > 0; groups++) {
    const first = firstHead(streams, sort);
    if (first === undefined) break;
    for (const [index, stream] of streams.entries()) {
      if (stream.head !== first) continue;
      if (!stream.isRead) {
        const some = unreadFrom(streams, index, left);
        await eachTogether(manager, some, (one) => one.read());
        freeMemory(streams, new Set(some), memory.bufferedBytes);
      }
      if (stream.head !== first) continue;
      batch.push({ stream, row: stream.take() });
      values += stream.columns.length;
      if (--left === 0) break;
      if (batch.length < ROWS_PER_BATCH && values < VALUES_PER_BATCH) continue;
      yield batch;
      [batch, values] = [[], 0];
    }
    if (groups % GROUPS_PER_TURN === 0) await yieldTurn();
  }
  yield batch;
}

/** The stream at `index` and the following unread streams of the same group, as many as can be read concurrently. */
function unreadFrom(streams: readonly GroupStream[], index: number, most: number): readonly GroupStream[] {
  const first = streams[index] as GroupStream;
  if (!isPostgres(first.reader.manager)) return [first];
  const atOnceOf = ({ reader, wantedNext }: GroupStream) => reader.atOnce(wantedNext);
  const atOnce = Math.min(atOnceOf(first), most);
  const some: GroupStream[] = [];
  for (let place = index; place < streams.length && some.length < atOnce; place++) {
    const stream = streams[place] as GroupStream;
    if (stream.head !== first.head || stream.isRead) continue;
    if (some.length >= atOnceOf(stream)) break;
    some.push(stream);
  }
  return some;
}

function firstHead(streams: readonly GroupStream[], sort: 'asc' | 'desc'): number | undefined {
  let first: number | undefined;
  for (const { head } of streams)
    if (head !== undefined && (first === undefined || (sort === 'asc' ? head < first : head > first))) first = head;
  return first;
}

function freeMemory(sources: readonly GroupStream[], kept: ReadonlySet<GroupStream>, most: number): void {
  let buffered = 0;
  for (const { bufferedBytes } of sources) buffered += bufferedBytes;
  if (buffered <= most) return;
  for (const source of sources) if (!kept.has(source)) source.drop(most / sources.length);
}

function toRow(
  { columns, reader }: GroupStream,
  { start, count, values: made }: GroupRow,
  options: GroupedOptions,
  end: { overflow: boolean },
): QueryRow {
  const values: Record<string, unknown> = {};
  const isSingle = options.aggregations.length === 1;
  for (let place = 0; place < columns.length;) {
    const { field } = columns[place] as (typeof columns)[number];
    const given: Record<string, unknown> = {};
    let isEmpty = true;
    let shown: Cell;
    for (; columns[place]?.field === field; place++) {
      const { name, real } = columns[place] as (typeof columns)[number];
      const cell = made?.[place];
      shown = cell ?? (real === 'count' ? 0 : null);
      if (typeof cell === 'number' && !Number.isFinite(cell)) {
        shown = null;
        end.overflow = true;
      }
      if (!isSingle) given[name] = shown;
      if (cell !== undefined) isEmpty = false;
    }
    if (isEmpty && options.fill === 'none') continue;
    values[field.name] = isSingle ? shown : given;
  }
  return { timestamp: (options.showTime ?? isoTime)(start), dataSourceId: reader.source.id, values, count };
}
