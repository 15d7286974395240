import type { EntityManager } from 'typeorm';
import type { Source } from '../data-sources/data-source.entity';
import type { Field } from '../data-sources/schema';
import type { NumberSet } from '../points/ascending-numbers';
import type { PointStore } from '../points/point-store';
import type { Aggregation } from './aggregations';
import type { Fill } from './fill';
import { FilledGroups } from './filled-groups';
import { columnsOf, GroupReader, MEMORY, type ReadWish } from './group-reader';
import type { PageEnd, QueryRow, RowSource } from './query-answer';
import { OccupiedGroups, type GroupRow, type GroupStream } from './group-stream';

const ROWS_PER_BATCH = 200;
/** So many values make rows in some milliseconds. */
const VALUES_PER_BATCH = 10_000;
const STEPS_PER_TURN = 250;
const GROUPS_PER_TURN = 50;
const SOURCES_AT_ONCE = 16;

export interface GroupedWish extends Pick<ReadWish, 'range' | 'grid' | 'pause' | 'memory'> {
  readonly sources: readonly { readonly source: Source; readonly fields: readonly Field[] }[];
  readonly metas: ReadonlyMap<number, NumberSet> | undefined;
  readonly aggregations: readonly Aggregation[];
  /** Whether fields that cannot be averaged give their last value. */
  readonly automatic: boolean;
  readonly fill: Fill;
  readonly sort: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** Where a page begins: a time, and how many rows of the group there belong to the page before. */
interface Begin {
  readonly cursor: number;
  readonly passed: number;
}

/** One page of the groups of several sources by time; within a group, source by source. Only this page is made. */
export async function* groupedRows(manager: EntityManager, store: PointStore, wish: GroupedWish): RowSource {
  const { limit, pause } = wish;
  const begin = await beginOf(manager, store, wish);
  if (!begin) return { hasMore: false };
  const open = (source: GroupedWish['sources'][number]) =>
    openRows(manager, store, wish, { source, begin, wanted: limit + 1 });
  let toPass = begin.passed;
  let given = 0;
  let batch: QueryRow[] = [];
  let values = 0;
  for await (const { rows, row } of merged(wish.sources.map(open), wish)) {
    if (toPass > 0) {
      toPass -= 1;
      continue;
    }
    if (given === limit) {
      yield batch;
      return { hasMore: true } satisfies PageEnd;
    }
    given += 1;
    batch.push(toRow(rows, row, wish));
    values += rows.columns.length;
    if (batch.length < ROWS_PER_BATCH && values < VALUES_PER_BATCH) continue;
    yield batch;
    batch = [];
    values = 0;
    await pause();
  }
  yield batch;
  return { hasMore: false };
}

function openRows(
  manager: EntityManager,
  store: PointStore,
  wish: GroupedWish,
  {
    source: { source, fields },
    begin,
    wanted,
  }: { source: GroupedWish['sources'][number]; begin: Begin; wanted: number },
): GroupStream {
  const columns = columnsOf(fields, wish);
  const { range, grid, aggregations, pause, sort, fill, memory } = wish;
  const metas = wish.metas?.get(source.number);
  const reader = new GroupReader(manager, store, source, { range, grid, columns, aggregations, metas, pause, memory });
  if (fill === 'none') return new OccupiedGroups(reader, begin.cursor, sort, wanted);
  return new FilledGroups(fill, reader, begin.cursor, sort, wanted);
}

/** Walks over the rows that `offset` passes over, without making them. Nothing where there are no more. */
async function beginOf(manager: EntityManager, store: PointStore, wish: GroupedWish): Promise<Begin | undefined> {
  const { range, sort, offset, sources, fill } = wish;
  const first = { cursor: sort === 'asc' ? range[0] : range[1], passed: 0 };
  if (offset === 0) return first;
  if (fill !== 'none') return filledBeginOf(wish, first);
  const open = (source: GroupedWish['sources'][number]) =>
    openRows(manager, store, counting, { source: { ...source, fields: [] }, begin: first, wanted: offset });
  // No value is needed: rollups tell which groups have points, whatever is asked of them.
  const counting = { ...wish, aggregations: [] };
  let left = offset;
  let begin = first;
  let rowsOfGroup = 0;
  for await (const { row } of merged(sources.map(open), wish)) {
    const cursor = sort === 'asc' ? Math.max(range[0], row.start) : Math.min(range[1], row.end);
    rowsOfGroup = cursor === begin.cursor ? rowsOfGroup + 1 : 1;
    begin = { cursor, passed: rowsOfGroup };
    if (--left === 0) return begin;
  }
  return undefined;
}

/** With `fill` each group has a row of each source. */
async function filledBeginOf(
  { range, grid, sort, offset, sources, pause }: GroupedWish,
  first: Begin,
): Promise<Begin | undefined> {
  if (sources.length === 0) return undefined;
  let steps = Math.floor(offset / sources.length);
  const passed = offset % sources.length;
  if (steps === 0) return { ...first, passed };
  let walked = 0;
  for (const { start, end } of grid.spans(range, sort)) {
    if (steps-- === 0) return { cursor: sort === 'asc' ? start : end, passed };
    if (++walked % STEPS_PER_TURN === 0) await pause();
  }
  return undefined;
}

/** The rows of several sources, group by group. */
async function* merged(
  sources: readonly GroupStream[],
  { sort, pause, memory = MEMORY }: Pick<GroupedWish, 'sort' | 'pause' | 'memory'>,
): AsyncGenerator<{ rows: GroupStream; row: GroupRow }> {
  for (let begin = 0; begin < sources.length; begin += SOURCES_AT_ONCE) {
    await Promise.all(sources.slice(begin, begin + SOURCES_AT_ONCE).map((source) => source.start()));
    await pause();
  }
  for (let groups = 1; ; groups++) {
    let first: number | undefined;
    for (const { head } of sources)
      if (head !== undefined && (first === undefined || (sort === 'asc' ? head < first : head > first))) first = head;
    if (first === undefined) return;
    for (const rows of sources) {
      if (rows.head !== first) continue;
      if (!rows.isRead) {
        await rows.read();
        freeMemory(sources, rows, memory.heldBytes);
      }
      if (rows.head === first) yield { rows, row: rows.take() };
    }
    if (groups % GROUPS_PER_TURN === 0) await pause();
  }
}

function freeMemory(sources: readonly GroupStream[], kept: GroupStream, most: number): void {
  let held = 0;
  for (const { heldBytes } of sources) held += heldBytes;
  if (held <= most) return;
  for (const source of sources) if (source !== kept) source.drop();
}

function toRow(
  { columns, reader }: GroupStream,
  { start, count, values: made }: GroupRow,
  wish: GroupedWish,
): QueryRow {
  const values: Record<string, unknown> = {};
  const isSingle = wish.aggregations.length === 1;
  for (let place = 0; place < columns.length;) {
    const { field } = columns[place] as (typeof columns)[number];
    const given: Record<string, unknown> = {};
    let isEmpty = true;
    for (; columns[place]?.field === field; place++) {
      const value = made?.[place] ?? null;
      given[columns[place]?.name ?? ''] = value;
      if (value !== null) isEmpty = false;
    }
    if (isEmpty && wish.fill === 'none') continue;
    values[field.name] = isSingle ? (made?.[place - 1] ?? null) : given;
  }
  return { timestamp: new Date(start).toISOString(), dataSourceId: reader.source.id, values, count };
}
