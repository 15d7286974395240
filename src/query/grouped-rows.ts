import type { EntityManager } from 'typeorm';
import type { Field } from '../sources/schema';
import type { NumberSet } from '../points/ascending-numbers';
import type { PointStore } from '../points/point-store';
import type { Aggregation } from './aggregations';
import type { Cell } from './cells';
import type { Fill } from './fill';
import { FilledGroups } from './filled-groups';
import { SharedColumns } from './group-columns';
import { GroupReader, type ReadOptions } from './group-reader';
import { isoTime, type QueryRow, type RowSource, type ShowTime } from './query-answer';
import { OccupiedGroups, type GroupRow, type GroupStream } from './group-stream';
import { merged, type OpenRows, type SourceOfQuery } from './merged-rows';

const STEPS_PER_TURN = 250;
const NO_FIELDS: readonly Field[] = [];

export interface GroupedOptions extends Pick<
  ReadOptions,
  'range' | 'timeBuckets' | 'yieldTurn' | 'memory' | 'isNamed' | 'visibleFrom'
> {
  readonly sources: readonly SourceOfQuery[];
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
  const wanted = wantedOfEach(limit + 1, options);
  const columns = new SharedColumns(options);
  const open: OpenRows = (source) => openRows(manager, store, options, { source, columns, begin, wanted });
  let given = -begin.skipped;
  const end = { overflow: false };
  for await (const rows of merged(manager, open, begin.skipped + limit + 1, options)) {
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

interface RowsOfSource {
  readonly source: SourceOfQuery;
  readonly columns: SharedColumns;
  readonly begin: PageStart;
  /** The number of groups of the first read. */
  readonly wanted: number;
}

function openRows(
  manager: EntityManager,
  store: PointStore,
  options: GroupedOptions,
  { source: { source, fields }, columns, begin, wanted }: RowsOfSource,
): GroupStream {
  const { sort, fill } = options;
  const metas = options.metas?.get(source.number);
  const reader = new GroupReader(manager, store, source, { ...options, columns: columns.of(fields), metas });
  if (fill === 'none') return new OccupiedGroups(reader, begin.cursor, sort, wanted);
  return new FilledGroups(fill, reader, begin.cursor, sort, wanted);
}

/** Skips `offset` rows without computing their values. Undefined if there are no more rows. */
async function findPageStart(
  manager: EntityManager,
  store: PointStore,
  options: GroupedOptions,
): Promise<PageStart | undefined> {
  const { range, sort, offset, fill, isNamed } = options;
  const first = { cursor: sort === 'asc' ? range[0] : range[1], skipped: 0 };
  if (offset === 0) return first;
  if (fill !== 'none') return findFilledPageStart(options, first);
  // Rollups show which groups have points, or values of the named fields, for any aggregation.
  const counting = { ...options, aggregations: isNamed ? (['count'] as const) : [] };
  const columns = new SharedColumns(counting);
  const wanted = wantedOfEach(offset, options);
  const open: OpenRows = ({ source, fields }) => {
    const counted = { source, fields: isNamed ? fields : NO_FIELDS };
    return openRows(manager, store, counting, { source: counted, columns, begin: first, wanted });
  };
  let begin = first;
  let skipped = 0;
  for await (const rows of merged(manager, open, offset, counting)) {
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
