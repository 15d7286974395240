import type { EntityManager } from 'typeorm';
import { isPostgres } from '../database/sql';
import { eachTogether } from '../database/together';
import type { Field } from '../sources/schema';
import type { Source } from '../sources/source.entity';
import { MEMORY, type ReadOptions } from './group-reader';
import type { GroupRow, GroupStream } from './group-stream';

const ROWS_PER_BATCH = 200;
/** Values turned into rows in a few milliseconds. */
const VALUES_PER_BATCH = 10_000;
const GROUPS_PER_TURN = 50;
const SOURCES_AT_ONCE = 128;
/** Columns of sources that are made in a few milliseconds. */
const COLUMNS_PER_TURN = 5000;

/** A source, with the fields that are aggregated. */
export interface SourceOfQuery {
  readonly source: Source;
  readonly fields: readonly Field[];
}

/** Opens the rows of a source, without reading any. */
export type OpenRows = (source: SourceOfQuery) => GroupStream;

interface MergeOptions extends Pick<ReadOptions, 'yieldTurn' | 'memory'> {
  readonly sources: readonly SourceOfQuery[];
  readonly sort: 'asc' | 'desc';
}

/** A row of a source, with the stream that it was taken from. */
export interface MergedRow {
  readonly stream: GroupStream;
  readonly row: GroupRow;
}

/** Merges the rows of several sources, ordered by group and source, in batches. */
export async function* merged(
  manager: EntityManager,
  open: OpenRows,
  most: number,
  { sources, sort, yieldTurn, memory = MEMORY }: MergeOptions,
): AsyncGenerator<readonly MergedRow[]> {
  const streams: GroupStream[] = [];
  while (streams.length < sources.length) {
    const some = openSome(sources, streams.length, open);
    await eachTogether(manager, some, (stream) => stream.start());
    streams.push(...some);
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

/** Opens the rows of the next sources. Of wide sources, fewer: their columns take longer to make. */
function openSome(sources: MergeOptions['sources'], begin: number, open: OpenRows): GroupStream[] {
  const some: GroupStream[] = [];
  let columns = 0;
  for (let index = begin; index < sources.length && some.length < SOURCES_AT_ONCE; index++) {
    const stream = open(sources[index] as SourceOfQuery);
    some.push(stream);
    columns += stream.columns.length;
    if (columns >= COLUMNS_PER_TURN) break;
  }
  return some;
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
